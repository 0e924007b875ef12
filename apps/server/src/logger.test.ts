import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { createLogger } from './logger.ts';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  let lines = '';
  write(createLogger('info', { write: (line) => (lines += line) }));
  return lines;
}

function thrownBy(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

it('an error says its type and its place, never the input that its library quotes or carries', () => {
  const error = thrownBy(() => JSON.parse('canary "quoted"')) as Error;
  expect(error.message).toContain('canary');
  const line = logged((logger) => {
    logger.error({ err: Object.assign(error, { input: 'canary', code: 'E_X' }) }, 'bug');
    logger.error({ err: new Error('outer `canary`', { cause: new Error("value 'canary") }) }, 'bug');
    logger.error({ err: new Error('first line\ncanary') }, 'bug');
  });
  expect(line).not.toContain('canary');
  const [first, second] = line
    .trim()
    .split('\n')
    .map((each) => JSON.parse(each) as { err: Record<string, unknown> });
  expect(first?.err).toMatchObject({ type: 'SyntaxError', code: 'E_X' });
  expect(JSON.stringify(first?.err['stack'])).toContain('logger.test.ts');
  expect(second?.err).toMatchObject({ message: 'outer `…`', cause: { message: "value '…'" } });
});

it.each(['authorization', 'token', 'x-api-key', 'text', 'texts', 'body', 'headers', 'cookie'])('%s is blotted out', (field) => {
  const line = logged((logger) => logger.info({ [field]: 'canary', request: { [field]: 'canary' }, path: 'kept' }, 'call'));
  expect(line).not.toContain('canary');
  expect(line).toContain('kept');
});

it.each([
  ['exits', 'process.exit(0)'],
  ['has nothing left to do', ''],
  [
    'is told to end',
    "process.once('SIGTERM', () => process.exit(0)); process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 9e4)",
  ],
  ['crashes', "process.once('uncaughtException', () => { logger.fatal('line'); process.exit(1); }); throw new Error()"],
])('no line is lost when the process %s', async (_name, end) => {
  const module = JSON.stringify(new URL('./logger.ts', import.meta.url).href);
  const script = `
    const logger = (await import(${module})).createLogger('info');
    for (let line = 0; line < 999; line += 1) logger.info('line');
    ${end.includes('fatal') ? '' : "logger.info('line');"}
    ${end}`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]).catch(
    (error: { stdout: string }) => error,
  );
  expect(stdout.split('\n').filter((line) => line.includes('"msg":"line"'))).toHaveLength(1_000);
});
