import { by, type Claim } from "./claim.ts";

const SEEDS = "test/e2e/seed-defects.test.ts";
const APPROVALS = "test/door/approvals.test.ts";
const OPERATIONS = "test/door/operations.test.ts";
const MONEY = "test/door/money.test.ts";
const TAMPER = "src/ledger/receipt-tamper.test.ts";
const RUNNER = "src/work/runner.test.ts";
const JOB_TABLE = "src/work/job-table.test.ts";
const CHAOS_EMBEDDED = "test/chaos/chaos-pglite.test.ts";
const CHAOS_POSTGRES = "test/chaos/chaos-postgres.test.ts";

/** What makes an assistant safe to let loose: what it does is decided by the person, done once, and proven. */
export const acts: readonly Claim[] = [
  {
    claim: "model-set-confirm: only the signed-in person decides, in our own page",
    proofs: [
      by(
        SEEDS,
        "model-set-confirm: nothing that an assistant sends decides for the person",
        "no argument of the call",
        "no member of _meta, no header, no answer to a question that nobody asked",
        "no tool",
        "no decision with the assistant's bearer, nor from another page",
      ),
      by(APPROVALS, "model-set-confirm: no argument of a call approves it"),
    ],
  },
  {
    claim: "what runs is what was stored, and it runs once",
    proofs: [by(APPROVALS, "what asks is not run until the person approves, and then runs once as it is stored")],
  },
  {
    claim: "a question is decided once, in time, by its person, as it was shown",
    proofs: [
      by(
        APPROVALS,
        "of twenty decisions at once exactly one wins",
        "replayed, foreign, altered and unknown decisions decide nothing, and leave receipts",
        "what nobody decides in time expires, by the time of the context",
        "limits that change after the question void it, before or after the decision",
        "a link that has ended voids what it asked; a paused person approves nothing until they resume",
      ),
      by(SEEDS, "double-execute: of ten decisions at once one counts, and a replayed one never does"),
    ],
  },
  {
    claim: "what is high needs more than a click",
    proofs: [
      by(APPROVALS, "what is high needs more than a click; rejecting it does not"),
      by(
        "test/e2e/told.test.ts",
        "a person is told of what an assistant asks, and approves it with a passkey where a click is not enough",
      ),
    ],
  },
  {
    claim: "many small questions pass no more than a large one would",
    proofs: [
      by(
        "test/door/clicks.test.ts",
        "many small payments are a large one: clicks of a day add up, and a proof begins anew",
        "asked all at once and approved all at once, they add up too",
        "what has no amount is counted; what is rejected is not",
      ),
      by(
        "src/kernel/strength.test.ts",
        "between two proofs, no day of clicks alone is worth more than the threshold, or longer than the row",
      ),
    ],
  },
  {
    claim: "a stolen cookie can make what protects a person stricter, and none of it laxer",
    proofs: [
      by("test/e2e/presence.test.ts", "with a stolen cookie a protection can be made stricter, and none laxer"),
      by(
        "test/web/presence-real.test.ts",
        "on the real server: pausing is one press; resuming asks, a passkey proves who it is, and it goes on",
      ),
      by(
        "src/kernel/spend.test.ts",
        "a change of caps that needs no proof lets nothing through that was refused before",
      ),
    ],
  },
  {
    claim: "a new way in is told to its owner, whatever they chose, and ends with every session where they say so",
    proofs: [
      by(
        "test/e2e/new-ways-in.test.ts",
        "a stolen cookie links an assistant: its owner is told, signs out everywhere, and its next call is refused",
        "a passkey, a way to sign in more or less, and a browser that shows notices are told of, each once",
      ),
      by(
        "test/oauth/told-links.test.ts",
        "commit together, or neither is there: the code may be sent again",
        "ends with all the others at once, and what was agreed to and not fetched with it",
      ),
    ],
  },
  {
    claim: "an administrator's stolen cookie gives nobody anything",
    proofs: [
      by(
        "test/web/presence-real.test.ts",
        "on the real server: an administrator's touch gives a tier and a bundle, a click alone neither",
      ),
    ],
  },
  {
    claim: "a model cannot tire its person out",
    proofs: [
      by(APPROVALS, "no client can fill the person's page: too many questions are refused, and others have room"),
    ],
  },
  {
    claim: "double-execute: the same call is done once, however often it is sent, and whoever died meanwhile",
    proofs: [
      by(
        SEEDS,
        "double-execute: ten at once, everywhere, and ten more after kill -9, are one",
        "double-execute: under the same operation id nothing else is done",
        "double-execute: killed after it was paid and before anybody heard, it is found and not paid again",
      ),
      by(
        OPERATIONS,
        "double-execute: of fifty alike at once one runs, and all others get its answer or are told to wait",
      ),
    ],
  },
  {
    claim: "an unknown outcome is said to be unknown, and never guessed",
    proofs: [
      by(
        MONEY,
        "outcome-unknown: what nobody can prove stands as unknown, counts as spent, and is never done again",
        "evidence that is found later closes what was unknown, and the chain holds both",
      ),
    ],
  },
  {
    claim: "spend is reserved with the decision, and released only where it is proven that nothing was spent",
    proofs: [
      by(
        MONEY,
        "money is reserved when the decision is used up, and spent when it was paid",
        "a proven failure releases what was reserved; a cap refuses before anything is done",
      ),
      by("src/ledger/spending.test.ts", "whatever is reserved, settled and left, the database counts as the rules do"),
    ],
  },
  {
    claim: "one button stops everything, at every process",
    proofs: [
      by(
        "test/e2e/pause.test.ts",
        "a person pauses everything in the console, and all processes of the server heed it",
        "a process that is killed and starts again is paused still",
      ),
      by("test/e2e/operator-pause.test.ts", "an administrator pauses a person, who sees it and cannot lift it"),
    ],
  },
  {
    claim: "what our own surfaces stored ends with their session",
    proofs: [
      by(
        "test/e2e/session-end.test.ts",
        "signing out everywhere ends what our own surfaces asked for, and not what the person ordered in their browser",
      ),
      by(
        "test/oauth/pause.test.ts",
        "a caller of ours as long as its session lasts, with no more than that holds",
        "not a caller of ours whose session is over by itself, or by signing out everywhere",
      ),
    ],
  },
  {
    claim: "stuck-running-job: no job is held longer than its lease",
    proofs: [
      by(SEEDS, "stuck-running-job: what its process left behind is taken up when its lease is over, and ends"),
      by(
        RUNNER,
        "stuck-running-job: a run that never ends loses its lease, another takes the job, and the zombie ends nothing",
      ),
      by(JOB_TABLE, "stuck-running-job: the table refuses a job without owner, start, holder or end"),
      by(OPERATIONS, "a clock that is an hour ahead takes nobody's job: leases go by the database's time"),
    ],
  },
  {
    claim: "cancel-overwrite: what was cancelled stays cancelled",
    proofs: [
      by(SEEDS, "cancel-overwrite: what was cancelled stays cancelled, whatever its run still says"),
      by(JOB_TABLE, "cancel-overwrite: no statement changes how a job ended"),
      by(OPERATIONS, "cancel-overwrite: a job that is cancelled while it runs ends cancelled, whatever its run does"),
    ],
  },
  {
    claim: "pro-expiry: what was bought ends by itself",
    proofs: [by("test/e2e/tiers.test.ts", "pro-expiry: when the time has come it is over, though nobody said a word")],
  },
  {
    claim: "a call that is late goes on as a job that is really there",
    proofs: [
      by(OPERATIONS, "a call past the deadline becomes a job, goes on, and its answer is kept"),
      by(
        "src/kernel/start-call.test.ts",
        'a late call whose job ${why} is stopped and closed, and never answered with a job that is not there (${operationId ?? "unnamed"})',
      ),
    ],
  },
  {
    claim: "kill -9 at any moment: nothing acknowledged is lost, nothing happens twice, nothing is stuck",
    proofs: [
      by(CHAOS_EMBEDDED, "killed at any moment on the embedded database, nothing is lost, happens twice or is stuck"),
      by(CHAOS_POSTGRES, "killed at any moment on PostgreSQL, nothing is lost, happens twice or is stuck"),
      by(
        "test/load/load.test.ts",
        "${CALLERS} callers for ${SECONDS} s, with limits and receipts: no error, and no memory that grows (${engine})",
      ),
    ],
  },
  {
    claim: "what is decided at one process runs at another at once",
    proofs: [
      by(
        "test/e2e/approvals-two-processes.test.ts",
        "what is decided at one process runs at the other within a second, and a console at either shows it",
      ),
    ],
  },
  {
    claim: "receipts prove themselves, with nothing but the file, also when their person is gone",
    proofs: [
      by(
        TAMPER,
        "a file in which anything was altered is refused, and the verifier says where",
        "its tail cut off, at any byte",
      ),
      by(
        "test/e2e/erasure.test.ts",
        "an account that is deleted while its assistants are at work is gone, with all that they still did",
      ),
    ],
  },
  {
    claim: "a file of a job is its person's, and its name leads nowhere else",
    proofs: [
      by(
        "test/e2e/jobs.test.ts",
        "a signed link opens one file; altered, expired or for another name it does not",
        "no name leads anywhere else",
      ),
    ],
  },
  {
    claim: "what was asked is proven again where it is decided and where it is used up",
    proofs: [
      by(
        "test/door/approvals.test.ts",
        "a question whose ${what} was changed in the database before its ${when} runs nothing",
        "another client that sends the approved operation's id asks for itself, and uses up nothing",
      ),
    ],
  },
  {
    claim: "whoever takes an account over cannot keep it from its owner",
    proofs: [
      by(
        "test/e2e/new-ways-in.test.ts",
        "who takes an account over by a fresh session cannot keep it from its owner, also while no mail is taken",
      ),
      by("test/accounts/security-notices.test.ts", "in a browser that they removed, once and that alone"),
    ],
  },
  {
    claim: "signing out everywhere ends what is being agreed to at that moment",
    proofs: [
      by(
        "test/oauth/signing-out.test.ts",
        "ends what they are agreeing to at that moment, too: no code is stored after it",
        "waits for what is being agreed to in the session, and finds it",
      ),
      by("test/e2e/new-ways-in.test.ts", "a session that ends while something is agreed to in it takes that with it"),
    ],
  },
];
