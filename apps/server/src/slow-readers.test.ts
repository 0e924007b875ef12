import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { cutSlowReader } from './slow-readers.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const reply = () => new ServerResponse(new IncomingMessage(new Socket()));

it('looks after a reply until it is closed, and no longer', () => {
  const response = reply();
  cutSlowReader(response);
  expect(vi.getTimerCount()).toBe(1);
  response.emit('close');
  expect(vi.getTimerCount()).toBe(0);
});

it('does not look after a reply whose client left before it', () => {
  const response = reply();
  response.destroy();
  cutSlowReader(response);
  expect(vi.getTimerCount()).toBe(0);
});
