// A script (*.sh) is imported as its text, as the bundler does it.
export default { process: text => ({ code: `export default ${JSON.stringify(text)};` }) };
