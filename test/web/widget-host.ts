import { AppBridge, PostMessageTransport } from "@modelcontextprotocol/ext-apps/app-bridge";

/*
 * A host of MCP Apps for one widget, run in the test's browser: the official bridge, a sandbox page of another origin
 * around the widget, nothing of ours. `hostWidget` is what the test calls.
 */

interface Hosting {
  readonly sandboxUrl: string;
  readonly html: string;
  readonly hostContext: Parameters<AppBridge["setHostContext"]>[0];
}

async function hostWidget({ sandboxUrl, html, hostContext }: Hosting): Promise<void> {
  const sizes: unknown[] = [];
  const iframe = document.createElement("iframe");
  iframe.title = "Widget";
  iframe.style.cssText = "width: 100%; height: 0; border: 0";
  iframe.sandbox.add("allow-scripts", "allow-same-origin");
  const bridge = new AppBridge(null, { name: "test-host", version: "1.0.0" }, {}, { hostContext });
  const sandboxReady = new Promise<void>((resolve) => (bridge.onsandboxready = () => resolve()));
  const initialized = new Promise<void>((resolve) => (bridge.oninitialized = () => resolve()));
  bridge.onsizechange = (size) => {
    sizes.push(size);
    iframe.style.height = `${size.height ?? 0}px`;
  };
  iframe.src = sandboxUrl;
  document.body.append(iframe);
  if (iframe.contentWindow === null) throw new Error("The frame has no window.");
  await bridge.connect(new PostMessageTransport(iframe.contentWindow, iframe.contentWindow));
  await sandboxReady;
  await bridge.sendSandboxResourceReady({ html, sandbox: "allow-scripts" });
  await initialized;
  await bridge.sendToolInput({ arguments: {} });
  Object.assign(globalThis, { bridge, sizes });
}

Object.assign(globalThis, { hostWidget });
