import type { NotYetList } from "./verdict.ts";

const prompts = { reason: "No prompts are offered." };
const completion = { reason: "Nothing has arguments to complete: neither prompts nor resource templates are offered." };
const content = { reason: "A tool answers with text and structured data, not yet with images, audio or resources." };
const resources = { reason: "The only resources are the widgets: a toolset cannot define others yet." };
const subscriptions = { reason: "No resource changes, so none can be subscribed to." };
const logging = { reason: "A tool sends no log messages to its caller." };
const progress = { reason: "A tool cannot report its progress yet." };
const askBack = {
  reason: "A tool cannot ask its caller back yet, neither the person (elicitation) nor the model (sampling).",
};
const sessions = {
  reason: "No session ids and no resumable streams: every request stands alone, so a restart loses nothing.",
};
const tasks = { reason: "The Tasks extension is not offered yet." };
const skills = { reason: "The Skills extension is not offered." };

/**
 * The official scenarios that do not apply yet, each with its reason. What is listed here and passes, and what is not
 * listed and fails, fails the run.
 */
export const notYet: NotYetList = {
  "2025-11-25": {
    "completion-complete": completion,
    "elicitation-sep1034-defaults": askBack,
    "elicitation-sep1330-enums": askBack,
    "logging-set-level": logging,
    "prompts-get-embedded-resource": prompts,
    "prompts-get-simple": prompts,
    "prompts-get-with-args": prompts,
    "prompts-get-with-image": prompts,
    "prompts-list": prompts,
    "resources-read-binary": resources,
    "resources-read-text": resources,
    "resources-subscribe": subscriptions,
    "resources-templates-read": resources,
    "resources-unsubscribe": subscriptions,
    "server-session-lifecycle": sessions,
    "server-sse-multiple-streams": sessions,
    "server-sse-polling": sessions,
    "tools-call-audio": content,
    "tools-call-elicitation": askBack,
    "tools-call-embedded-resource": content,
    "tools-call-image": content,
    "tools-call-mixed-content": content,
    "tools-call-sampling": askBack,
    "tools-call-with-logging": logging,
    "tools-call-with-progress": progress,
  },
  "2026-07-28": {
    caching: { ...prompts, checks: ["sep-2549-prompts-list-caching-hints"] },
    "completion-complete": completion,
    "http-custom-header-server-validation": {
      reason: "No tool asks for an argument to be repeated in a header (x-mcp-header).",
    },
    "input-required-result-basic-elicitation": askBack,
    "input-required-result-basic-list-roots": askBack,
    "input-required-result-basic-sampling": askBack,
    "input-required-result-capability-check": askBack,
    "input-required-result-ignore-extra-params": askBack,
    "input-required-result-missing-input-response": askBack,
    "input-required-result-multi-round": askBack,
    "input-required-result-multiple-input-requests": askBack,
    "input-required-result-non-tool-request": prompts,
    "input-required-result-request-state": askBack,
    "input-required-result-result-type": askBack,
    "input-required-result-tampered-state": askBack,
    "input-required-result-validate-input": askBack,
    "prompts-get-embedded-resource": prompts,
    "prompts-get-simple": prompts,
    "prompts-get-with-args": prompts,
    "prompts-get-with-image": prompts,
    "prompts-list": prompts,
    "resources-read-binary": resources,
    "resources-read-text": resources,
    "resources-templates-read": resources,
    "sep-2640-skills-directory": skills,
    "sep-2640-skills-enumeration": skills,
    "sep-2640-skills-manifest": skills,
    "server-stateless": {
      reason: "Its diagnostic tools ask the caller back or send log messages, which a tool cannot do yet.",
      checks: [
        "sep-2575-server-rejects-undeclared-capability",
        "sep-2575-missing-capability-http-400",
        "sep-2575-http-server-no-independent-requests-on-stream",
        "sep-2575-server-no-log-without-loglevel",
      ],
    },
    "tasks-capability-negotiation": tasks,
    "tasks-dispatch-and-envelope": tasks,
    "tasks-lifecycle": tasks,
    "tasks-mrtr-composition": tasks,
    "tasks-mrtr-input": tasks,
    "tasks-request-headers": tasks,
    "tasks-request-state-removal": tasks,
    "tasks-required-task-error": tasks,
    "tasks-status-notifications": tasks,
    "tasks-wire-fields": tasks,
    "tools-call-audio": content,
    "tools-call-embedded-resource": content,
    "tools-call-image": content,
    "tools-call-mixed-content": content,
    "tools-call-with-progress": progress,
  },
};
