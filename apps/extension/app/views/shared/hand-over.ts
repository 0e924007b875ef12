interface File {
  readonly name: string;
  readonly type: string;
  readonly content: string;
}

/** Into the browser's downloads, without the permission to: a link that is clicked. */
export const handOver = ({ name, type, content }: File): void => {
  const href = URL.createObjectURL(new Blob([content], { type }));
  Object.assign(document.createElement('a'), { href, download: name }).click();
  URL.revokeObjectURL(href);
};
