import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

/** The rooms of src and which other rooms each may import. */
const rooms = {
  commands: ["scaffold", "dev", "client", "log", "terminal", "platform"],
  client: ["dev", "child/messages", "log", "terminal", "platform"],
  dev: ["relay", "log", "terminal", "platform", "child/messages"],
  relay: ["log/record"],
  log: [],
  scaffold: [],
  terminal: ["log/record"],
  platform: [],
  child: [],
};

const roomRules = Object.entries(rooms).map(([room, allowed]) => {
  const forbidden = Object.keys(rooms).filter((other) => other !== room && !allowed.includes(other));
  const regex = `^\\.\\./(?:\\.\\./)*(?:${[...forbidden, "cli"]
    .map((name) => {
      const exceptions = allowed.filter((path) => path.startsWith(`${name}/`));
      const except = exceptions.map((path) => path.slice(name.length + 1)).join("|");
      return except === "" ? name : `${name}/(?!(?:${except})\\.ts$)`;
    })
    .join("|")})(?:[/.]|$)`;
  return {
    files: [`src/${room}/**/*.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [{ regex, message: `src/${room} may import: ${allowed.join(", ") || "no other room"}.` }],
        },
      ],
    },
  };
});

export default defineConfig(
  globalIgnores(["dist/", ".dist/", "**/node_modules/", "test/fixtures/", "bench/projects/"]),
  js.configs.recommended,
  {
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        URL: "readonly",
        setTimeout: "readonly",
        fetch: "readonly",
        AbortSignal: "readonly",
        Buffer: "readonly",
        clearTimeout: "readonly",
      },
    },
  },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-definitions": ["error", "type"],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "max-lines": ["error", 300],
    },
  },
  {
    files: ["src/**/*.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "process", property: "exit", message: "Set process.exitCode and let the process end." },
      ],
      "no-console": "error",
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: { "max-lines": "off", "@typescript-eslint/no-non-null-assertion": "off" },
  },
  {
    // The layers of a template are compiled in several arrangements.
    files: ["templates/**/*.ts"],
    languageOptions: {
      parserOptions: {
        projectService: false,
        project: ["templates/*/tsconfig*.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    // As the projects' own eslint.config.js has it.
    rules: { "@typescript-eslint/only-throw-error": ["error", { allow: ["Response"] }] },
  },
  ...roomRules,
);
