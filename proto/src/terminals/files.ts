/**
 * Files on a server, over SFTP as the account that Xanthus logs in with. The aggregate is the server's: what changed something there, or took content away, is
 * an event; what only looks is none, and no part of a file is. Paths are data: nothing here ever becomes a command line.
 */
import { z } from 'zod';
import { defineCommand, defineEvent, defineQuery, defineView } from '../contract.js';
import { actor, ulid, written } from '../envelope.js';
import { TOKEN } from '../ids.js';

/** Longest content of one part, bytes. */
export const FILE_PART = 512 * 1024;
/** Longest text that is saved at once, bytes. */
export const FILE_TEXT = 1024 * 1024;
/** Entries of a page of a folder. */
export const FILES_PAGE = 2_000;
/** Files and folders that are removed at once, at most. */
export const FILES_REMOVED = 10_000;
/** Rules of a tenant, at most. */
export const FILE_RULES = 200;

const encoder = new TextEncoder();
const bytesOf = (text: string): number => encoder.encode(text).length;
/** U+FFFD stands for bytes that are no UTF-8: which file was meant cannot be known. */
const isName = (name: string): boolean => name !== '' && name !== '.' && name !== '..' && bytesOf(name) <= 255 && !/[\0\uFFFD\p{Cs}]/u.test(name);
/** Absolute, without `.` and `..`, each name of 1–255 bytes of UTF-8. Line breaks, leading hyphens and the like are as good as any other character. */
export const isFilePath = (path: string): boolean => path === '/' || (path.startsWith('/') && bytesOf(path) <= 4_000 && path.slice(1).split('/').every(isName));
export const filePath = z.string().max(4_000).refine(isFilePath, 'an absolute path such as /var/www/index.html, without . and .. and an end slash, each name at most 255 bytes');

export const FILE_KINDS = ['file', 'folder', 'link', 'other'] as const;
const kind = z.enum(FILE_KINDS);
/** What a person may do with a path by the rules; the host may allow less. */
export const FILE_ACCESS = ['none', 'read', 'write'] as const;
const access = z.enum(FILE_ACCESS);
export type FileAccess = z.infer<typeof access>;
const size = z.int().min(0);
/** Permission bits, 0–0o7777. */
const mode = z.int().min(0).max(0o7777);
const time = z.iso.datetime().nullable();

const about = { kind, size, mode, uid: z.int().min(0), gid: z.int().min(0), modified: time };
const entry = z.object({
  name: z.string(), ...about, /** As the host names them; null where it tells ids only. */ owner: z.string().nullable(), group: z.string().nullable(), hidden: z.boolean(),
  /** Of a link: what is written in it, and what it leads to; `to` is null for one that leads nowhere. */ target: z.string().nullable(), to: kind.nullable(),
  /** False for a name that is no UTF-8: it is shown, and cannot be asked for. */ usable: z.boolean(), access,
});

const server = '01jd3x8e2v5y9w4z7q6r1s0tsv';
const TOKEN_EXAMPLE = 'eyJhY3QiOiJ1cGxvYWQifQ.uNiVztksCsDhcc0u9e8BrrJXVGDLe9nGPP8CWGSPzIs';
const PATH = '/var/www/index.html';
/** Made by this service, for one person, server and file: whoever else shows it is refused. */
const token = z.string().min(1).max(34_000);
const command = <I extends z.ZodType, O extends z.ZodType>(c: Omit<Parameters<typeof defineCommand<I, O>>[0], 'service' | 'aggregate' | 'on'>) => defineCommand<I, O>({ service: 'terminals', aggregate: 'files', on: 'id', ...c } as Parameters<typeof defineCommand<I, O>>[0]);
const query = <I extends z.ZodType, O extends z.ZodType>(c: Omit<Parameters<typeof defineQuery<I, O>>[0], 'service' | 'on'>) => defineQuery<I, O>({ service: 'terminals', on: 'id', ...c } as Parameters<typeof defineQuery<I, O>>[0]);
const HOST = ['FILES.NOT_FOUND', 'FILES.FORBIDDEN', 'FILES.NOT_ALLOWED', 'FILES.FAILED', 'FILES.NO_SFTP', 'FILES.NAME_INVALID', 'SERVER.DISCONNECTED', 'SERVER.TIMEOUT'] as const;

export const filesList = query({
  question: 'files-list', deadline: 25_000, summary: 'What is in a folder of a server, by name; long ones page by page. Without a path: the home of the account.',
  input: z.object({ path: filePath.optional(), /** `next` of the page before. */ after: z.string().max(1_000).optional(), limit: z.coerce.number().int().min(1).max(FILES_PAGE).default(FILES_PAGE) }),
  output: z.object({ /** With links resolved. */ path: z.string(), home: z.string(), access, entries: z.array(entry), /** Of all pages. */ total: z.int().min(0), next: z.string().nullable() }),
  errors: [...HOST, 'FILES.NOT_A_FOLDER', 'FILES.TOO_MANY'], example: { path: '/var/www' },
});
export const filesStat = query({
  question: 'files-stat', deadline: 15_000, summary: 'What a path leads to, links resolved.', input: z.object({ path: filePath }), output: z.object({ path: z.string(), ...about, access }), errors: HOST, example: { path: PATH },
});
export const filesCount = query({
  question: 'files-count', deadline: 25_000, summary: 'How much is in a folder, for the question whether to remove it. Links are counted, not followed.',
  input: z.object({ path: filePath }), output: z.object({ files: z.int().min(0), folders: z.int().min(0), bytes: size, /** There is more than was counted; it cannot be removed at once. */ more: z.boolean() }), errors: HOST, example: { path: '/var/www' },
});
export const filePart = query({
  question: 'file-part', deadline: 25_000, summary: 'Content of a file whose download was begun.',
  input: z.object({ download: token, offset: z.coerce.number().int().min(0), length: z.coerce.number().int().min(1).max(FILE_PART).default(FILE_PART) }),
  output: z.object({ /** Base64. */ data: z.string(), /** Nothing comes after it. */ end: z.boolean() }), errors: [...HOST, 'FILES.CHANGED', 'FILES.TOKEN_INVALID'], example: { download: TOKEN_EXAMPLE, offset: 0 },
});

export const beginDownload = command({
  verb: 'begin-download', deadline: 20_000, summary: 'Ask for the content of a file: this is what the audit shows. The token is good for a day, and only while the file stays as it is.',
  input: z.object({ path: filePath, /** `view`: to be read and perhaps changed in the console, at most 1 MiB. */ purpose: z.enum(['download', 'view']).default('download'), /** Where it goes on after a cut. */ from: size.default(0) }),
  output: written.extend({ download: token, path: z.string(), size, mode, modified: time, /** Of its content, SHA-256; for `view` only. */ sha256: z.string().nullable() }), errors: [...HOST, 'FILES.NOT_A_FILE', 'FILES.TOO_LARGE'], example: { path: PATH },
});
export const saveText = command({
  verb: 'save-text', deadline: 25_000, summary: 'Write a text file as a whole, unless it changed since it was read. Beside it first, then in its place; the permissions stay.',
  input: z.object({ path: filePath, text: z.string().max(FILE_TEXT).refine(text => bytesOf(text) <= FILE_TEXT, 'at most 1 MiB'), /** Of the content that was read; null: the file is new. */ was: z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256').nullable() }),
  output: written.extend({ path: z.string(), size, sha256: z.string(), modified: time }), errors: [...HOST, 'FILES.CHANGED', 'FILES.EXISTS', 'FILES.NOT_A_FILE', 'FILES.NO_SPACE'], example: { path: PATH, text: '<h1>Hello</h1>\n', was: null },
});
export const beginUpload = command({
  verb: 'begin-upload', deadline: 20_000, summary: 'Begin to write a file, or go on with what a cut left behind: same name, size and time of change, same person.',
  input: z.object({ path: filePath, size, /** Of the source; without it a cut upload begins anew. */ modified: z.iso.datetime().optional(), overwrite: z.boolean().default(false) }),
  output: z.object({ upload: token, path: z.string(), /** What is there already, bytes. */ offset: size, part: z.int() }), errors: [...HOST, 'FILES.EXISTS', 'FILES.NOT_A_FILE', 'FILES.NO_SPACE'], example: { path: PATH, size: 1_204 },
});
export const writePart = command({
  verb: 'write-part', deadline: 25_000, inline_bytes: 900_000, summary: 'A part of an upload. A few may be under way at once; what follows a hole of more than 4 MiB is refused.',
  input: z.object({ upload: token, offset: size, /** Base64, at most 512 KiB of content. */ data: z.string().max(Math.ceil(FILE_PART / 3) * 4) }), output: z.object({ /** Behind this part. */ offset: size }),
  errors: [...HOST, 'FILES.TOKEN_INVALID', 'FILES.NO_SPACE', 'FILES.OUT_OF_ORDER'], example: { upload: TOKEN_EXAMPLE, offset: 0, data: 'PGgxPkhlbGxvPC9oMT4K' },
});
export const finishUpload = command({
  verb: 'finish-upload', deadline: 29_000, summary: 'All parts are there: the file takes its place. With a hash it is read back first; FILES.CHECKING says that this goes on, ask again.',
  input: z.object({ upload: token, sha256: z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256').optional() }), output: written.extend({ path: z.string(), size }),
  errors: [...HOST, 'FILES.TOKEN_INVALID', 'FILES.INCOMPLETE', 'FILES.DAMAGED', 'FILES.CHECKING', 'FILES.EXISTS'], example: { upload: TOKEN_EXAMPLE },
});
export const abortUpload = command({ verb: 'abort-upload', deadline: 15_000, summary: 'Give an upload up: what was written of it goes.', input: z.object({ upload: token }), output: z.object({}), errors: [...HOST, 'FILES.TOKEN_INVALID'], example: { upload: TOKEN_EXAMPLE } });
export const makeFolder = command({ verb: 'make-folder', deadline: 15_000, summary: 'Make a folder.', input: z.object({ path: filePath }), output: written.extend({ path: z.string() }), errors: [...HOST, 'FILES.EXISTS'], example: { path: '/var/www/images' } });
export const renameFile = command({
  verb: 'rename', deadline: 15_000, summary: 'Give a file or folder another name or place on the same server.', input: z.object({ from: filePath, to: filePath, overwrite: z.boolean().default(false) }), output: written.extend({ path: z.string() }),
  errors: [...HOST, 'FILES.EXISTS'], example: { from: PATH, to: '/var/www/index.old.html' },
});
export const removeFile = command({
  verb: 'remove', deadline: 29_000, summary: 'Remove a file, a link or, with all that is in it, a folder. At most 10,000 at once; links are removed, not followed.',
  input: z.object({ path: filePath, recursive: z.boolean().default(false) }), output: written.extend({ path: z.string(), removed: z.int().min(0) }), errors: [...HOST, 'FILES.NOT_EMPTY', 'FILES.TOO_MANY', 'FILES.NOT_FINISHED'], example: { path: PATH },
});
export const setFileMode = command({ verb: 'set-mode', deadline: 15_000, summary: 'Set the permissions of a file or folder.', input: z.object({ path: filePath, mode }), output: written.extend({ path: z.string() }), errors: HOST, example: { path: PATH, mode: 0o644 } });

const event = <T extends string, D extends z.ZodType>(type: T, summary: string, data: D, example: z.input<D>) => defineEvent({ service: 'terminals', aggregate: 'files', type, schema: 1, summary, data, example });
const path = { path: z.string() };
export const filesEvents = {
  FileUploaded: event('FileUploaded', 'A file was written from outside.', z.object({ ...path, size, replaced: z.boolean(), sha256: z.string().nullable() }), { path: PATH, size: 1_204, replaced: false, sha256: null }),
  FileDownloaded: event('FileDownloaded', 'The content of a file was asked for; `from`: where it went on after a cut.', z.object({ ...path, size, from: size }), { path: PATH, size: 1_204, from: 0 }),
  FileRead: event('FileRead', 'A file was read in the console.', z.object({ ...path, size }), { path: PATH, size: 1_204 }),
  FileSaved: event('FileSaved', 'A text file was written in the console.', z.object({ ...path, size, sha256: z.string(), created: z.boolean() }), { path: PATH, size: 15, sha256: 'a'.repeat(64), created: true }),
  FolderMade: event('FolderMade', 'A folder was made.', z.object(path), { path: '/var/www/images' }),
  FileRenamed: event('FileRenamed', 'A file or folder has another name or place.', z.object({ from: z.string(), to: z.string(), replaced: z.boolean() }), { from: PATH, to: '/var/www/index.old.html', replaced: false }),
  FileRemoved: event('FileRemoved', 'Files were removed; `complete` is false where something stopped it half-way.', z.object({ ...path, kind, removed: z.int().min(0), complete: z.boolean() }), { path: PATH, kind: 'file', removed: 1, complete: true }),
  FileModeSet: event('FileModeSet', 'Permissions were set.', z.object({ ...path, before: mode, mode }), { path: PATH, before: 0o644, mode: 0o600 }),
  FileRefused: event('FileRefused', 'Somebody asked for what a rule, a right or the host does not allow.', z.object({ ...path, what: z.string().max(40), problem: z.string().max(60) }), { path: '/etc/shadow', what: 'begin-download', problem: 'FILES.NOT_ALLOWED' }),
} as const;

/** `*` and `?` within a name, `**` for any number of folders; `/var/www/**` is the folder and all in it. */
export const filePattern = z.string().min(1).max(500).refine(p => p === '/' || (p.startsWith('/') && p.slice(1).split('/').every(isName)), 'an absolute path such as /var/www/**, without . and .. and an end slash');
const roleName = z.string().max(64).regex(TOKEN, 'the name of a role');
export const fileRule = z.object({
  id: ulid, /** Null: on all servers. */ server: ulid.nullable(), /** Name of a role; null: everybody. */ role: roleName.nullable(), pattern: filePattern, access,
});
export type FileRule = z.infer<typeof fileRule>;
const ruleCommand = <I extends z.ZodType, O extends z.ZodType>(c: Omit<Parameters<typeof defineCommand<I, O>>[0], 'service' | 'aggregate' | 'on'>) => defineCommand<I, O>({ service: 'terminals', aggregate: 'file-rule', on: 'id', ...c } as Parameters<typeof defineCommand<I, O>>[0]);
const ruleEvent = <T extends string, D extends z.ZodType>(type: T, summary: string, data: D, example: z.input<D>) => defineEvent({ service: 'terminals', aggregate: 'file-rule', type, schema: 1, summary, data, example });
const EXAMPLE_RULE = { id: '01jd3x8e2v5y9w4z7q6r1s0trw', server: null, role: null, pattern: '/etc/**', access: 'read' } as const;

/** All rules of a tenant are one aggregate, whose id is the tenant's slug: they are decided by together, and read together with every file. */
export const setFileRule = ruleCommand({
  verb: 'set', summary: 'Say who may read or change which files. The most specific pattern counts; without a rule that fits everything that the account on the server may. With the id of a rule that one is replaced. Takes the permission to define roles (`auth.role.define`) too.',
  input: z.object({ id: ulid.optional(), server: ulid.nullable().default(null), role: roleName.nullable().default(null), pattern: filePattern, access }), output: written.extend({ rule: ulid }), errors: ['FILES.RULE_NOT_FOUND', 'FILES.TOO_MANY_RULES'], example: { pattern: '/etc/**', access: 'read' },
});
export const removeFileRule = ruleCommand({ verb: 'remove', summary: 'Remove a rule about files.', input: z.object({ rule: ulid }), output: written, errors: ['FILES.RULE_NOT_FOUND'], example: { rule: EXAMPLE_RULE.id } });
export const fileRuleEvents = {
  FileRuleSet: ruleEvent('FileRuleSet', 'A rule about files is new or another.', fileRule, EXAMPLE_RULE),
  FileRuleRemoved: ruleEvent('FileRuleRemoved', 'A rule about files is gone.', z.object({ rule: ulid }), { rule: EXAMPLE_RULE.id }),
} as const;
/** Key `<tenant>.file-rules.<tenant>`. */
export const fileRulesView = defineView({
  service: 'terminals', view: 'file-rules', schema: 1, summary: 'Who may read or change which files on servers.',
  data: z.object({ rules: z.array(fileRule.extend({ set_at: z.iso.datetime(), set_by: actor })) }), example: { rules: [{ ...EXAMPLE_RULE, set_at: '2026-11-21T19:00:00.000Z', set_by: { kind: 'person', id: server } }] },
});

export const filesCommands = { beginDownload, saveText, beginUpload, writePart, finishUpload, abortUpload, makeFolder, renameFile, removeFile, setFileMode, setFileRule, removeFileRule } as const;
export const filesQueries = { filesList, filesStat, filesCount, filePart } as const;
