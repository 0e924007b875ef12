import pg from 'pg';

/**
 * What an error of the server means for the calls that were sent. `retry`: nothing was written and the same again may go
 * through. `broken`: one of the calls cannot be done. `down`: the server cannot serve now, whatever is asked.
 */
export type Fault = 'retry' | 'broken' | 'down';

/** serialization_failure, deadlock_detected */
const RETRY = new Set(['40001', '40P01']);
/**
 * Data exceptions, violated constraints, and errors that a function raises: they are in what was asked. Everything else
 * (no connection, no resources, no disk, read-only after a failover, cancelled by a timeout) is the server's.
 */
const BROKEN = /^(22|23|P0|20)/;

export function faultOf(error: unknown): Fault {
  const code = error instanceof pg.DatabaseError ? (error.code ?? '') : '';
  if (RETRY.has(code)) return 'retry';
  return BROKEN.test(code) ? 'broken' : 'down';
}
