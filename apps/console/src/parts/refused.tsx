/** Why something could not be read or done. */
export function Refused({ error }: { error: (Error & { code?: string }) | null }) {
  if (!error) return null;
  return (
    <p role="alert" className="wrong">
      {error.code === undefined ? error.message : `${error.code}: ${error.message}`}
    </p>
  );
}
