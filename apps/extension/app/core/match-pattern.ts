/** All pages of a server, as permissions name them. Firefox knows no ports in them, so there are none. */
export const patternOf = (url: string): string => {
  const { protocol, hostname } = new URL(url);
  return `${protocol}//${hostname}/*`;
};
