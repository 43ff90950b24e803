import { authorize } from "./authorize.ts";
import { connectorAuthorize, connectorExchange, connectorRequest } from "./connector.ts";
import { connectorToken } from "./connector-token.ts";
import { consentDetails, decide } from "./consent.ts";
import { introspect } from "./introspect.ts";
import { cameFrom } from "./link-attempts.ts";
import { register } from "./register.ts";
import { revoke } from "./revoke.ts";
import type { Endpoints } from "./routes.ts";
import { privyAccessToken } from "./token-exchange.ts";
import { token } from "./token.ts";
import { connectorUserinfo, userinfo } from "./userinfo.ts";

/** What the endpoints need, all of them together. */
type EndpointParts = Parameters<typeof authorize>[1] &
  Parameters<typeof decide>[1] &
  Parameters<typeof introspect>[1] &
  Parameters<typeof register>[1] &
  Parameters<typeof revoke>[1] &
  Parameters<typeof token>[1] &
  Parameters<typeof userinfo>[1];

/** The endpoints, each holding its parts. */
export const createEndpoints = (parts: EndpointParts): Endpoints => ({
  discovered: (c) => parts.attempts.note({ step: "discovery", ...cameFrom(c, parts) }),
  register: (c) => parts.attempts.refused(register(c, parts), () => ({ step: "registration", ...cameFrom(c, parts) })),
  authorize: (c) => authorize(c, parts),
  decide: (c) => decide(c, parts),
  consentDetails: (c) => consentDetails(c, parts),
  token: (c) => token(c, parts),
  revoke: (c) => revoke(c, parts),
  introspect: (c) => introspect(c, parts),
  userinfo: (c) => userinfo(c, parts),
  privyAccessToken: (c) => privyAccessToken(c, parts.exchange),
  connector: {
    authorize: (c) => connectorAuthorize(c, parts),
    request: (c) => connectorRequest(c, parts),
    exchange: (c) => connectorExchange(c, parts),
    token: (c) => connectorToken(c, parts),
    userinfo: (c) => connectorUserinfo(c, parts),
  },
});
