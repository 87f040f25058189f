# Run it with --interactive: the client speaks over its standard input. It ends with its client, so there is no health to check.
USER node
CMD ["node", "dist/server.js"]
