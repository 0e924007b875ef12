import { type Caps, type Hosted, type Hosting, mapParts, offersOf, type Parts, totalOf } from './hosting.ts';
import { isVerified } from './prices.ts';
import { worstOf } from './worst.ts';

/** The most that a month can cost under a config, whatever the traffic. It stands in the repository, so that a change shows. */
export interface Certificate {
  /** Whole cents, each part rounded up. */
  readonly certificateUsd: number;
  readonly parts: Parts;
  /** What no setting of ours bounds, as `part: offer by unit`. */
  readonly unbounded: readonly string[];
  readonly hosting: Hosting;
  /** Of the prices that it rests on. */
  readonly prices: readonly { readonly id: string; readonly asOf: string | null; readonly verified: boolean }[];
  readonly cap: { readonly dayUsd: number; readonly monthUsd: number };
}

export function certificateOf(hosted: Hosted, caps: Caps): Certificate {
  const { parts, unbounded } = worstOf(hosted, caps);
  const cents = mapParts(parts, (usd) => Math.ceil(usd * 100 - 1e-6) / 100);
  return {
    certificateUsd: Math.round(totalOf(cents) * 100) / 100,
    parts: cents,
    unbounded: unbounded.map(({ part, offer, unit }) => `${part}: ${offer} by ${unit}`),
    hosting: {
      model: hosted.model.id,
      firstHop: hosted.firstHop.id,
      database: hosted.database.id,
      signIn: hosted.signIn.id,
      modelInstances: hosted.modelInstances,
      serverInstances: hosted.serverInstances,
    },
    prices: offersOf(hosted).map((offer) => ({ id: offer.id, asOf: offer.asOf, verified: isVerified(offer) })),
    cap: { dayUsd: caps.dayMicroUsd / 1e6, monthUsd: caps.monthMicroUsd / 1e6 },
  };
}

/** What makes the new one more than what was accepted, in sentences; none when it is not. A lower one is no reason. */
export function raisedBy(accepted: Pick<Certificate, 'certificateUsd' | 'unbounded'>, now: Certificate): string[] {
  const more = now.certificateUsd > accepted.certificateUsd;
  const opened = now.unbounded.filter((each) => !accepted.unbounded.includes(each));
  return [
    ...(more ? [`The maximum bill is ${now.certificateUsd} USD a month; accepted were ${accepted.certificateUsd}.`] : []),
    ...opened.map((each) => `Nothing bounds ${each}.`),
  ];
}
