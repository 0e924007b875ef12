import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identity, lives, readOrEmpty } from './identity.mjs';

const keptChars = 8_000;
const children = new Set();
/** Where the tools that run are noted, so that a later set-up can end those of one that was killed. */
let register;

/**
 * Runs a tool to its end, silently, in a group of its own.
 * @param {string} command @param {readonly string[]} args @param {{ cwd?: string, env?: Record<string, string | undefined> }} [options]
 * @returns {Promise<{ ok: boolean, missing: boolean, output: string }>} `missing`: there is no such program; output: its tail
 */
export const run = (command, args, options = {}) =>
  new Promise((resolve) => {
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-keptChars);
    };
    const env = { ...process.env, ...options.env };
    const child = spawn(command, args, { cwd: options.cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const note = register && child.pid ? join(register, String(child.pid)) : undefined;
    if (note) writeFileSync(note, identity(child.pid));
    children.add(child);
    const ended = (result) => {
      children.delete(child);
      if (note) rmSync(note, { force: true });
      resolve(result);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => ended({ ok: false, missing: error.code === 'ENOENT', output: `${error.message}\n` }));
    child.once('close', (code) => ended({ ok: code === 0, missing: false, output }));
  });

/** Ends the tools that still run: what they had not finished is thrown away and done again the next time. */
export const endTools = () => {
  for (const child of children) killGroup(child.pid, 'SIGTERM');
};

/**
 * Notes tools in this folder from now on, and ends those noted there by a set-up that was killed: they would go on writing.
 * @param {string} folder
 */
export const registerTools = (folder) => {
  mkdirSync(folder, { recursive: true });
  for (const pid of readdirSync(folder)) {
    if (lives(readOrEmpty(join(folder, pid)))) killGroup(Number(pid), 'SIGKILL');
    rmSync(join(folder, pid), { force: true });
  }
  register = folder;
};

const killGroup = (pid, signal) => {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended by itself.
  }
};
