import { type Guarded, isAbsentOr, isFlag, isListOf, isObject, isOneOf, isShape, isText } from "../../ui/guards.ts";
import { Actions } from "../../ui/pieces/actions.tsx";
import { LeftOut } from "../../ui/pieces/left-out.tsx";
import { OwnWords } from "../../ui/pieces/own-words.tsx";
import { counted, readRows } from "../../ui/rows.ts";
import { Tag } from "../../ui/pieces/tag.tsx";
import { showWidget } from "../../ui/show-widget.tsx";
import { useWidgetState } from "../../ui/use-widget-state.ts";
import type { ItemAction, ItemStatus } from "./statuses.ts";

const isStatus = isOneOf("open", "approved", "rejected", "archived");
const isItem = isShape({
  id: isText,
  title: isText,
  description: isAbsentOr(isText),
  actionable: isAbsentOr(isFlag),
  metadata: isAbsentOr(isShape({ status: isStatus })),
});
const isItemList = isShape({ items: isListOf(isObject) });
const isDecided = isShape({ itemId: isText, result: isShape({ status: isStatus }) });
const isState = isShape({ decisions: isListOf(isShape({ itemId: isText, status: isStatus })) });

type Item = Guarded<typeof isItem>;

const statusWords: Readonly<Record<ItemStatus, string>> = {
  open: "Open",
  approved: "Approved",
  rejected: "Rejected",
  archived: "Archived",
};

const choice = (label: string, itemId: string, action: ItemAction) => ({
  label,
  tool: "perform-item-action",
  args: { itemId, action },
});

/** An open item waits for a decision; any decision can be taken back. */
function choicesFor({ id, actionable = true }: Item, status: ItemStatus) {
  if (status !== "open") return [choice("Undo", id, "restore")];
  return actionable
    ? [choice("Approve", id, "approve"), choice("Reject", id, "reject"), choice("Archive", id, "archive")]
    : [];
}

interface RowProps {
  readonly item: Item;
  readonly status: ItemStatus;
  readonly decided: (status: ItemStatus) => void;
}

function Row({ item, status, decided }: RowProps) {
  const succeeded = (data: unknown): boolean => {
    if (!isDecided(data) || data.itemId !== item.id) return false;
    decided(data.result.status);
    return true;
  };
  return (
    <li>
      <div className="words">
        <OwnWords text={item.title} tone="strong" lines={2} />
        {item.description && <OwnWords text={item.description} tone="quiet" lines={4} />}
      </div>
      <Actions
        about={item.title}
        choices={choicesFor(item, status)}
        status={status !== "open" && <Tag good={status === "approved"}>{statusWords[status]}</Tag>}
        succeeded={succeeded}
      />
    </li>
  );
}

function ItemList({ data }: { readonly data: Guarded<typeof isItemList> }) {
  const [{ decisions }, setState] = useWidgetState<Guarded<typeof isState>>(() => ({ decisions: [] }), isState);
  const { rows, ...leftOut } = readRows(data.items, isItem);
  if (rows.length + leftOut.unreadable === 0) return <p className="quiet">There are no items to show.</p>;

  const statusOf = ({ id, metadata }: Item): ItemStatus =>
    decisions.findLast(({ itemId }) => itemId === id)?.status ?? metadata?.status ?? "open";
  const decide = (itemId: string, status: ItemStatus): void =>
    setState((state) => ({
      decisions: [...state.decisions.filter((one) => one.itemId !== itemId), { itemId, status }],
    }));
  const waiting = rows.filter((item) => statusOf(item) === "open").length;
  return (
    <>
      <div className="head">
        <h1>{counted(rows.length, "item")}</h1>
        <span className="quiet small">{waiting === 0 ? "Nothing waits for you" : `${waiting} for you to decide`}</span>
      </div>
      <ul className="rows">
        {rows.map((item) => (
          <Row key={item.id} item={item} status={statusOf(item)} decided={(status) => decide(item.id, status)} />
        ))}
      </ul>
      <LeftOut {...leftOut} />
    </>
  );
}

/** The answer of `get-items`: each item with where it stands, and what can be done with it. */
showWidget({ title: "Items", shape: isItemList, View: ItemList });
