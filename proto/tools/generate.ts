// Writes what is made from the contracts, or with --check says what is not current: `npm run contracts`, `npm run contracts:check`.
import { generate } from './generated-files.js';

const check = process.argv.includes('--check');
const { problems, written } = await generate({ check });
for (const problem of problems) console.error(problem);
if (problems.length === 0) console.log(check ? 'What is made from the contracts is current.' : `${written.length} files written.`);
process.exitCode = problems.length === 0 ? 0 : 1;
