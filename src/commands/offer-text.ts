/** What a server offers, as a list for a person. */
import type { Offer } from "../client/offer.ts";
import { signature } from "../client/schema.ts";
import { field, listField, textField, type Foreign } from "../terminal/foreign.ts";
import { offerLines } from "../terminal/offer-lines.ts";
import type { Styles } from "../terminal/styles.ts";

export function offerText(
  { server, tools, resources, resourceTemplates, prompts, failures = [] }: Offer,
  styles: Styles,
  width: number,
): string[] {
  const name = (item: Foreign): string => textField(item, "name") ?? "(no name)";
  const about = (item: Foreign): string => textField(item, "description") ?? textField(item, "title") ?? "";
  const failure = (method: string): string | undefined =>
    failures.find((one) => one.method === method)?.message;
  const sections = [
    {
      title: "tools",
      failure: failure("tools/list"),
      rows: tools.map((tool) => ({ what: signature(name(tool), tool["inputSchema"]), about: about(tool) })),
    },
    {
      title: "resources",
      failure: failure("resources/list"),
      rows: resources.map((item) => ({
        what: textField(item, "uri") ?? "",
        about: about(item) === "" ? name(item) : about(item),
      })),
    },
    {
      title: "resource templates",
      failure: failure("resources/templates/list"),
      rows: resourceTemplates.map((item) => ({
        what: textField(item, "uriTemplate") ?? "",
        about: about(item) === "" ? name(item) : about(item),
      })),
    },
    {
      title: "prompts",
      failure: failure("prompts/list"),
      rows: prompts.map((prompt) => ({ what: promptSignature(name(prompt), prompt), about: about(prompt) })),
    },
  ];
  return offerLines(`${server.name} ${server.version}`.trim(), sections, styles, width);
}

function promptSignature(name: string, prompt: Foreign): string {
  const args = listField(prompt, "arguments").map(
    (argument) => `${textField(argument, "name") ?? ""}${field(argument, "required") === true ? "" : "?"}`,
  );
  return `${name}(${args.join(", ")})`;
}
