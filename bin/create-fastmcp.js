#!/usr/bin/env node
import { main } from "../dist/cli.js";

await main("create-fastmcp", process.argv.slice(2));
