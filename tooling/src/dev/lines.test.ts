import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { toDevLine } from './lines.ts';

const plain = (line: string) => {
  const shown = toDevLine(line);
  return shown === undefined ? undefined : stripVTControlCharacters(shown);
};

test('a task is called by what it is', () => {
  expect(plain('@twohop/tooling:dev:types: ✓ types fit')).toBe('types      ✓ types fit');
  expect(plain('\u001B[35m@twohop/tooling:dev: \u001B[0mAuth emulator')).toBe('emulators  Auth emulator');
  expect(plain('@twohop/extension:dev: built')).toBe('extension  built');
});

test('what turbo says of itself is left out', () => {
  const lines = [
    '   • turbo 2.11.11',
    '@twohop/server:dev: cache bypass, force executing ab5b',
    '@twohop/server:dev: $ node --watch src/main.ts',
    '@twohop/server:dev: ',
    '',
  ];
  expect(lines.map(toDevLine)).toEqual(lines.map(() => undefined));
});

test("the server's log is for human eyes", () => {
  const time = new Date(2026, 0, 2, 3, 4, 5).getTime();
  expect(plain(`@twohop/server:dev: {"level":40,"time":${time},"runs":2,"code":"limit.rate","msg":"refused"}`)).toBe(
    'server     03:04:05 warn refused runs=2 code=limit.rate',
  );
  expect(plain('@twohop/server:dev: {"level":')).toBe('server     {"level":');
});
