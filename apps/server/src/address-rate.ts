import type { FastifyReply, FastifyRequest } from 'fastify';
import { addressRefusal, type AddressLimit } from './call-gate.ts';
import { sendFault } from './http-fault.ts';

/** Turns away whoever asks too often, before anything is read of what is asked. */
export const addressRate = (limit: AddressLimit) => async (request: FastifyRequest, reply: FastifyReply) => {
  const refusal = await addressRefusal(request.ip, limit);
  if (refusal) return sendFault(reply, refusal.fault, refusal.refused);
};
