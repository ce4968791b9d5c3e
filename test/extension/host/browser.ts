/** Debian's chromium, driven by playwright-core. */
import { type Browser, chromium, type Page } from 'playwright-core';

export async function openPage(): Promise<{ browser: Browser; page: Page }> {
  const quiet = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-sync'];
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-component-update', ...quiet],
  });
  const context = await browser.newContext({ viewport: { width: 1500, height: 1060 } });
  return { browser, page: await context.newPage() };
}
