/** This machine's addresses, as others in its networks reach it. */
import { networkInterfaces } from "node:os";

/**
 * IPv4 first; without loopback, and without IPv6 addresses that only mean something on one link.
 * @param listening "0.0.0.0", which is every address of IPv4 alone, or "::", which is every one.
 */
export function ownAddresses(listening: "0.0.0.0" | "::"): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const outside = all.filter(({ internal, address }) => !internal && !address.startsWith("fe80:"));
  const [v4, v6] = [
    outside.filter(({ family }) => family === "IPv4"),
    outside.filter(({ family }) => family !== "IPv4"),
  ];
  return [...v4, ...(listening === "::" ? v6 : [])].map(({ address }) => address);
}
