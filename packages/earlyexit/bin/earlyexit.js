#!/usr/bin/env node
// The command is that of @earlyexit/cli, wherever it is installed.
const manifest = import.meta.resolve('@earlyexit/cli/package.json');
await import(new URL('bin/earlyexit.js', manifest));
