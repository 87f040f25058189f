# Built with everything; what follows takes only what the server needs to run.
FROM node:22-slim AS build
RUN corepack enable
WORKDIR /app
COPY package.json yarn.lock .yarnrc.yml ./
RUN yarn install --immutable
COPY . .
RUN yarn run build && yarn workspaces focus --all --production
