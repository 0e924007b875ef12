import { priceMicroUsd, worstComputeUs } from '@twohop/quota';
import { hostedOf } from '../forecast/core/forecast.ts';
import { offersOf } from '../forecast/core/hosting.ts';
import { secondUsd } from '../forecast/core/model-bill.ts';
import { FRESH_DAYS, isStale, trustOf } from '../forecast/core/prices.ts';
import { fail, ofConfig, ok, type Said, unchecked, warn } from './finding.ts';

/** Fewer runs at a time than this, and a handful of slow ones stops everybody. */
const LEAST_RUNS = 20;

/** A cap is always there, or the server would not start; but one that a single user can use up is none for the others. */
export const caps = ofConfig(({ policy }): Said[] => {
  const { cap, price, plans, anonymousPool, run } = policy;
  const usd = (computeUs: number) => priceMicroUsd(computeUs, price) / 1e6;
  const dayUsd = cap.dayMicroUsd / 1e6;
  const runs = Math.floor(cap.dayMicroUsd / priceMicroUsd(worstComputeUs(run), price));
  const found = [
    ...Object.entries(plans)
      .filter(([, plan]) => usd(plan.computeDayUs) >= dayUsd)
      .map(([name]) =>
        warn(`one user of plan ${name} can use up the cap of a day alone`, 'Lower its computeDaySeconds, or raise cap.dayUsd.'),
      ),
    ...(usd(anonymousPool.computeDayUs) >= dayUsd
      ? [warn('users without an account can use up the cap of a day', 'Lower anonymousPool.computeDaySeconds.')]
      : []),
    ...(runs < LEAST_RUNS
      ? [
          warn(
            `the cap of a day holds ${runs} runs at a time at their worst case`,
            'Raise cap.dayUsd, or lower run.deadlineSeconds.',
          ),
        ]
      : []),
  ];
  return found.length > 0
    ? found
    : [ok(`${dayUsd} USD a day, ${cap.monthMicroUsd / 1e6} a month; no user and no pool can use them up alone`)];
});

export const priceAge = ofConfig(({ policy: { price }, hosting }, { prices, nowMs }): Said[] => {
  const today = new Date(nowMs()).toISOString().slice(0, 10);
  const own = isStale(price.asOf, today)
    ? warn(
        `the price in twohop.config.ts is of ${price.asOf}, more than ${FRESH_DAYS} days old`,
        'Look it up, and set price.asOf.',
      )
    : ok(`the price in twohop.config.ts is of ${price.asOf}`);
  if (!hosting) return [own, unchecked('twohop.config.ts has no hosting', 'Say where it runs, so that prices can be compared.')];
  const hosted = hostedOf(prices, hosting);
  const listed = secondUsd(hosted.model);
  const asked = price.nanoUsdPerSecond / 1e9;
  return [
    own,
    ...(asked < listed * 0.99
      ? [
          fail(
            `a second of compute is counted as ${asked} USD, and ${hosting.model} asks for ${listed}`,
            'Set price.usdPerComputeSecond: the cap counts too little.',
          ),
        ]
      : []),
    ...offersOf(hosted).flatMap((offer) => {
      const { stale, verified } = trustOf(offer, today);
      const doubts = [...(stale ? ['old or undated'] : []), ...(verified ? [] : ['not verified'])];
      return doubts.length > 0
        ? [warn(`${offer.id} in prices.json is ${doubts.join(' and ')}`, `Look at ${offer.source}, then change the row.`)]
        : [];
    }),
  ];
});

export const maximumBill = ofConfig(async (config, { objections }): Promise<Said[]> => {
  if (!config.hosting) return [unchecked('twohop.config.ts has no hosting', 'Say where it runs, and how many instances may.')];
  const reasons = await objections(config);
  return reasons.length === 0
    ? [ok('the maximum bill is not above what was accepted')]
    : reasons.map((reason) => fail(reason, 'Lower it, or accept it with npm run forecast -- --certificate --accept.'));
});
