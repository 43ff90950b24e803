import type { TestContext } from "node:test";
import * as z from "zod";
import type { Bellhop } from "../bellhop.ts";
import { openBrowser } from "../browser.ts";
import { signIn } from "../e2e/person.ts";
import { grantSchema, type Person } from "./person.ts";

/**
 * A person in front of a real browser: they sign in on the way, read the question and click. What lies beyond our own
 * pages is answered here, so that nothing leaves this machine.
 */
export async function personAtBrowser(t: TestContext, bellhop: Bellhop, address: string): Promise<Person> {
  const browser = await openBrowser(t);
  let signedIn = false;
  return {
    async allow(authorizeUrl) {
      const page = await browser.newPage();
      try {
        const beyond = (url: URL): boolean => url.origin !== bellhop.url;
        await page.route(beyond, (route) => route.fulfill({ contentType: "text/html", body: "<title>Linked</title>" }));
        await page.goto(String(authorizeUrl));
        if (!signedIn) await signIn(page, bellhop, address);
        signedIn = true;
        await page.getByRole("button", { name: "Allow" }).click();
        await page.waitForURL(beyond);
        return new URL(page.url());
      } finally {
        await page.close();
      }
    },
    async grants() {
      const page = await browser.newPage();
      try {
        const answer: unknown = await (await page.request.get(`${bellhop.url}/api/grants`)).json().catch(() => ({}));
        return z.object({ grants: z.array(grantSchema).default([]) }).parse(answer).grants;
      } finally {
        await page.close();
      }
    },
    async revoke(id) {
      const page = await browser.newPage();
      try {
        const ended = await page.request.delete(`${bellhop.url}/api/grants/${id}`, {
          headers: { origin: bellhop.url, "content-type": "application/json" },
          data: {},
        });
        if (ended.status() !== 200) throw new Error(`The link was not revoked: ${await ended.text()}`);
      } finally {
        await page.close();
      }
    },
  };
}
