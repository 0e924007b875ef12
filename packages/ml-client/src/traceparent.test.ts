import { expect, it } from 'vitest';
import { traceparentOf } from './traceparent.ts';

it('is the run, as W3C trace context', () => {
  expect(traceparentOf('01a2172b-a31f-7fc7-8a21-631d20501ea3')).toBe('00-01a2172ba31f7fc78a21631d20501ea3-8a21631d20501ea3-01');
});
