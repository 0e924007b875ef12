import type { Channel } from '@twohop/server/alerts';
import type { Config } from '@twohop/server/settings';
import type { Prices } from '../forecast/core/prices.ts';

/** What one check says. Only `fail` makes the command fail; `unchecked` says why nothing could be said. */
export interface Finding {
  readonly check: string;
  readonly level: 'ok' | 'warn' | 'fail' | 'unchecked';
  readonly says: string;
  /** What to do about it; none where all is well. */
  readonly remedy?: string;
}

/** What a check says, before it has its name. */
export type Said = Omit<Finding, 'check'>;

export const ok = (says: string): Said => ({ level: 'ok', says });
export const warn = (says: string, remedy: string): Said => ({ level: 'warn', says, remedy });
export const fail = (says: string, remedy: string): Said => ({ level: 'fail', says, remedy });
export const unchecked = (why: string, remedy: string): Said => ({
  level: 'unchecked',
  says: `not checked, because ${why}`,
  remedy,
});

/** All that checks look at; nothing of it is looked up by themselves. */
export interface Patient {
  /** The settings as the server takes them, or why it would not start. */
  readonly config: Config | Error;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly prices: Prices;
  /** Why the maximum bill is above the accepted one; none when it is not. */
  readonly objections: (config: Config) => Promise<readonly string[]>;
  /** A deployment to ask, and the model service behind it; null: not asked for. */
  readonly target: URL | null;
  readonly model: URL | null;
  /** The ways on which the server would tell somebody, and whether a test alert goes over them. */
  readonly channels: readonly Channel[];
  readonly sendAlert: boolean;
  readonly fetch: (url: URL, init?: RequestInit) => Promise<Response>;
  readonly nowMs: () => number;
}

export interface Check {
  readonly name: string;
  run(patient: Patient): Said[] | Promise<Said[]>;
}

/** A check of what the settings say; without settings there is nothing to say. */
export const ofConfig =
  (run: (config: Config, patient: Patient) => Said[] | Promise<Said[]>): Check['run'] =>
  (patient) =>
    patient.config instanceof Error
      ? [unchecked('the settings cannot be read', 'Put the settings right first.')]
      : run(patient.config, patient);
