import { LogoIcon, SignOutIcon } from './icons.tsx';

interface HeaderProps {
  readonly plan?: string | undefined;
  readonly onSignOut?: () => void;
}

export const Header = ({ plan, onSignOut }: HeaderProps) => (
  <header className="header">
    <LogoIcon />
    <b>Twohop</b>
    {plan !== undefined && <span className="plan">{plan}</span>}
    {onSignOut && (
      <button type="button" className="icon-button" onClick={onSignOut} title="Sign out" aria-label="Sign out">
        <SignOutIcon />
      </button>
    )}
  </header>
);
