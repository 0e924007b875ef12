import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Twohop } from '@twohop/sdk';
import { createContext, useContext } from 'react';

/** An operator who looks sees what happened a second ago. */
const LIVE_MS = 1_000;
/** What only admins and the days change. */
const SLOW_MS = 5_000;

export const TwohopContext = createContext<Twohop | null>(null);

function useTwohop(): Twohop {
  const twohop = useContext(TwohopContext);
  if (!twohop) throw new Error('there is no TwohopContext around this');
  return twohop;
}

/** The client tries again by the table of errors, and the next look comes anyway. */
const common = { retry: false } as const;

/** Who is not let in is not let in a second later either. */
export const isRefusal = (error: (Error & { code?: string }) | null): boolean => error?.code?.startsWith('auth.') ?? false;

export function useLive() {
  const { operator } = useTwohop();
  const queryFn = ({ signal }: { signal: AbortSignal }) => operator.live.query(undefined, { signal });
  return useQuery({ ...common, queryKey: ['live'], queryFn, refetchInterval: ({ state }) => !isRefusal(state.error) && LIVE_MS });
}

export function useUsers(search: string) {
  const { operator } = useTwohop();
  const queryFn = ({ signal }: { signal: AbortSignal }) => operator.users.query({ search }, { signal });
  return useQuery({
    ...common,
    queryKey: ['users', search],
    queryFn,
    refetchInterval: SLOW_MS,
    placeholderData: (before) => before,
  });
}

export function useReceipts(uid: string) {
  const { operator } = useTwohop();
  const queryFn = ({ signal }: { signal: AbortSignal }) => operator.receipts.query({ uid }, { signal });
  return useQuery({ ...common, queryKey: ['receipts', uid], queryFn, refetchInterval: SLOW_MS });
}

export function useActs() {
  const { operator } = useTwohop();
  const queryFn = ({ signal }: { signal: AbortSignal }) => operator.acts.query(undefined, { signal });
  return useQuery({ ...common, queryKey: ['acts'], queryFn, refetchInterval: SLOW_MS });
}

export function useSettings() {
  const { operator } = useTwohop();
  const queryFn = ({ signal }: { signal: AbortSignal }) => operator.settings.query(undefined, { signal });
  return useQuery({ ...common, queryKey: ['settings'], queryFn });
}

/** An act of the admin. Whatever is shown may have changed by it. */
function useAct<Request>(act: (admin: Twohop['admin'], request: Request) => Promise<unknown>) {
  const { admin } = useTwohop();
  const queries = useQueryClient();
  return useMutation({
    ...common,
    mutationFn: (request: Request) => act(admin, request),
    onSettled: () => queries.invalidateQueries(),
  });
}

interface AccountChange {
  readonly uid: string;
  readonly plan: string | null;
  readonly blocked: boolean;
}

export const useSetAccount = () => useAct((admin, change: AccountChange) => admin.setAccount.mutate(change));
export const useDeleteAccount = () => useAct((admin, uid: string) => admin.deleteAccount.mutate({ uid }));
export const useSetKillSwitch = () => useAct((admin, on: boolean) => admin.setKillSwitch.mutate({ on }));
