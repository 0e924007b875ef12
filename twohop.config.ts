import { defineConfig } from './apps/server/src/define-config.ts';

/** Plans, limits and prices. Secrets and addresses come from the environment: see `.env.example`. */
export default defineConfig({
  plans: {
    free: { requestsPerMinute: 30, concurrentRuns: 3, computeDaySeconds: 300, computeMonthSeconds: 3_000 },
    anonymous: { requestsPerMinute: 10, concurrentRuns: 1, computeDaySeconds: 60, computeMonthSeconds: 300 },
  },
  defaultPlan: 'free',
  anonymousPlan: 'anonymous',
  ip: { requestsPerMinute: 300, computeDaySeconds: 900 },
  anonymousPool: { computeDaySeconds: 1_800 },
  cap: { dayUsd: 5, monthUsd: 50 },
  // Two vCPU (0.000018 each) and 2 GiB (0.000002 each) a second, billed by the instance.
  price: { usdPerComputeSecond: 0.00004, asOf: '2026-08-01', source: 'Cloud Run, instance-based billing, us-central1' },
  run: { deadlineSeconds: 20, longestBatchSeconds: 2, workers: 1, attempts: 1, leaseSeconds: 30 },
  keepReceiptsDays: 400,
  // From when on somebody is told; who, is set in the environment (docs/alerts.md).
  alerts: { unauthorizedPer5Minutes: 50, newAccountsPerHour: 100, spendSlope: 4, quietMinutes: 60, keyDays: 180 },
  // What `npm run forecast` reckons with, and what forecast.certificate.json holds. Give the hosts the same numbers.
  hosting: {
    model: 'cloud_run_cpu_instance',
    firstHop: 'fly_shared_1gb',
    database: 'firestore_spark',
    signIn: 'firebase_auth_spark',
    modelInstances: 1,
    serverInstances: 1,
  },
  // Clients outside of it are told to update: clientVersions: { oldest: '1.2.0' },
});
