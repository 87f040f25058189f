# Built with everything; what follows takes only what the server needs to run.
FROM node:22-slim AS build
WORKDIR /app
COPY package.json yarn.lock .yarnrc ./
RUN yarn install --frozen-lockfile
COPY . .
RUN yarn run build && yarn install --frozen-lockfile --production
