/** This machine's addresses, as others in its networks reach it. */
import { networkInterfaces } from "node:os";

/** IPv4 first; without loopback, and without IPv6 addresses that only mean something on one link. */
export function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const outside = all.filter(({ internal, address }) => !internal && !address.startsWith("fe80:"));
  const [v4, v6] = [
    outside.filter(({ family }) => family === "IPv4"),
    outside.filter(({ family }) => family !== "IPv4"),
  ];
  return [...v4, ...v6].map(({ address }) => address);
}
