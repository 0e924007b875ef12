import { LogoIcon, PanelIcon, SignOutIcon } from './icons.tsx';

interface HeaderProps {
  readonly plan?: string | undefined;
  readonly onPanel?: (() => void) | undefined;
  readonly onSignOut?: () => void;
}

export const Header = ({ plan, onPanel, onSignOut }: HeaderProps) => (
  <header className="header">
    <LogoIcon />
    <b>Twohop</b>
    {plan !== undefined && <span className="plan">{plan}</span>}
    <span className="actions">
      {onPanel && (
        <button
          type="button"
          className="icon-button"
          onClick={onPanel}
          title="Open the side panel"
          aria-label="Open the side panel"
        >
          <PanelIcon />
        </button>
      )}
      {onSignOut && (
        <button type="button" className="icon-button" onClick={onSignOut} title="Sign out" aria-label="Sign out">
          <SignOutIcon />
        </button>
      )}
    </span>
  </header>
);
