/** Text within HTML. */
const escaped = (text: string) =>
  text.replace(/[&<>"]/g, (mark) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[mark]!);

function nonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A page's HTML: its one script and its one style, and a policy that lets in nothing else. @param source where VS Code serves both from */
export function htmlOf(title: string, { source, script, style }: { source: string; script: string; style: string }) {
  const once = nonce();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${once}'`,
    `style-src ${source}`,
    `img-src ${source}`,
    `font-src ${source}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escaped(style)}">
<title>${escaped(title)}</title>
</head>
<body>
<script type="module" nonce="${once}" src="${escaped(script)}"></script>
</body>
</html>
`;
}
