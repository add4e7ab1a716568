/**
 * The document of a page. It holds no data: everything comes by message. Only the page's own script, named by nonce, and its own
 * style sheet may load.
 */
export function pageHtml(parts: PageParts): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${parts.nonce}'`,
    `style-src ${parts.cspSource} 'nonce-${parts.styleNonce}'`,
    `font-src ${parts.cspSource}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${parts.styleNonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${parts.title}</title>
<link rel="stylesheet" href="${parts.styleUri}">
</head>
<body>
<main id="page"></main>
<script nonce="${parts.nonce}" src="${parts.scriptUri}"></script>
</body>
</html>
`;
}

/** None of these may come from a core or a file name. */
export interface PageParts {
  readonly title: string;
  readonly cspSource: string;
  readonly scriptUri: string;
  readonly styleUri: string;
  readonly nonce: string;
  /** For the style element with which the controls probe the browser; apart from `nonce`, since the document names it openly. */
  readonly styleNonce: string;
}
