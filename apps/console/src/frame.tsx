import type { Live } from '@twohop/sdk';
import { type ReactNode, useEffect, useState } from 'react';
import { clock } from './figures.ts';
import { Alerts } from './pages/alerts.tsx';
import { Attempts } from './pages/attempts.tsx';
import { AuditLog } from './pages/audit-log.tsx';
import { Forecast } from './pages/forecast.tsx';
import { Overview } from './pages/overview.tsx';
import { Settings } from './pages/settings.tsx';
import { Users } from './pages/users.tsx';
import { KillSwitch } from './parts/kill-switch.tsx';

interface Page {
  readonly title: string;
  readonly show: (live: Live) => ReactNode;
}

const pages: Readonly<Record<string, Page>> = {
  overview: { title: 'Overview', show: (live) => <Overview live={live} /> },
  users: { title: 'Users', show: () => <Users /> },
  attempts: { title: 'Unauthorized attempts', show: (live) => <Attempts live={live} /> },
  alerts: { title: 'Alerts', show: (live) => <Alerts live={live} /> },
  forecast: { title: 'Forecast', show: () => <Forecast /> },
  settings: { title: 'Settings in force', show: () => <Settings /> },
  audit: { title: 'Audit log', show: () => <AuditLog /> },
};

const nameInAddress = (): string => {
  const name = location.hash.replace(/^#\/?/, '');
  return Object.hasOwn(pages, name) ? name : 'overview';
};

function usePage(): string {
  const [name, setName] = useState(nameInAddress);
  useEffect(() => {
    const follow = () => setName(nameInAddress());
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return name;
}

interface FrameProps {
  readonly email: string;
  readonly live: Live;
  /** The server has not answered the last time: what is shown is older than a second. */
  readonly isLate: boolean;
  readonly onSignOut: () => void;
}

/** What stands around every page: where to go, how it stands, and the switch that stops everything. */
export function Frame({ email, live, isLate, onSignOut }: FrameProps) {
  const name = usePage();
  const page = pages[name];
  useEffect(() => {
    document.title = `${page?.title ?? ''} · Twohop console`;
  }, [page]);
  return (
    <div className="frame">
      <header>
        <strong className="brand">
          <img src="/console/icon.svg" alt="" width="24" height="24" /> Twohop
        </strong>
        <nav aria-label="Pages">
          {Object.entries(pages).map(([key, { title }]) => (
            <a key={key} href={`#/${key}`} aria-current={key === name ? 'page' : undefined}>
              {title}
              {key === 'alerts' && live.alerts.now.length > 0 && <span className="badge">{live.alerts.now.length}</span>}
            </a>
          ))}
        </nav>
        <KillSwitch killed={live.killed} />
        <p className="who">
          {email}
          <button type="button" className="link" onClick={onSignOut}>
            Sign out
          </button>
        </p>
      </header>
      <main>
        {live.killed === true && (
          <p className="banner" role="alert">
            All runs are stopped, on every instance, until you let them run again.
          </p>
        )}
        <div className="title">
          <h1>{page?.title}</h1>
          <p className={isLate ? 'wrong' : 'quiet'}>
            {isLate ? 'The server does not answer. This is how it stood at' : 'As of'} {clock(live.now)}
          </p>
        </div>
        {page?.show(live)}
      </main>
    </div>
  );
}
