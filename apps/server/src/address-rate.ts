import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppOptions } from './app.ts';
import { sendFault } from './http-fault.ts';
import { ipBucket } from './ip-bucket.ts';

/** Turns away whoever asks too often, before anything is read of what is asked. */
export const addressRate =
  ({ ipRates, ipRequestsPerMinute, refused }: AppOptions) =>
  async (request: FastifyRequest, reply: FastifyReply) => {
    const from = ipBucket(request.ip);
    const waitMs = await ipRates.take(`ip:${from}`, ipRequestsPerMinute);
    if (waitMs !== null) return sendFault(reply, { code: 'limit.ip', retryAfterMs: waitMs }, (code) => refused(code, from));
  };
