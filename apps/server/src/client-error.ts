import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ErrorCode, errors } from '@twohop/api';
import { faultBody, type HttpFault } from './http-fault.ts';

const faults: Readonly<Record<string, HttpFault>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { code: 'request.timeout' },
  HPE_HEADER_OVERFLOW: { code: 'input.too_large', field: 'headers', message: 'headers: are larger than allowed' },
};

/**
 * Answers what Node's parser refuses: no request exists yet, so there is nothing but the socket. The parser's own words stay
 * here, and so do the bytes that it could not read.
 */
export const clientErrorHandler = (refused: (code: ErrorCode) => void) => (error: Error & { code?: string }, socket: Socket) => {
  // The client has left by itself.
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const fault = faults[error.code ?? ''] ?? { code: 'input.invalid', field: 'request', message: 'request: is not valid HTTP' };
  const { http } = errors[fault.code];
  const body = JSON.stringify(faultBody(fault));
  const head = [
    `HTTP/1.1 ${http} ${STATUS_CODES[http] ?? ''}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'connection: close',
  ];
  refused(fault.code);
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
};
