# Built with everything; what follows takes only what the server needs to run.
FROM node:22-slim AS build
RUN npm install --global pnpm@10
WORKDIR /app
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
RUN pnpm install --frozen-lockfile
COPY . .
RUN pnpm run build && CI=true pnpm prune --prod
