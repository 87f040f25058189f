// The same tool for xmcp, which makes a server of the files in this folder.
import { z } from "zod";
import { type InferSchema, type ToolMetadata } from "xmcp";
import { greeting } from "../greeting";

export const schema = { name: z.string() };
export const metadata: ToolMetadata = { name: "greet", description: "Greets" };

export default function greet({ name }: InferSchema<typeof schema>) {
  return `${greeting} ${name}`;
}
