import { useEffect, useState } from 'react';

const intervalMs = 1_000;

/** The time, once a second while `running`. */
export const useClock = (running: boolean): number => {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setNowMs(Date.now()), intervalMs);
    return () => clearInterval(timer);
  }, [running]);
  return nowMs;
};
