# One image for every process; the command picks it:
#   docker run countersign node dist/src/bin/{app,worker,sequencer,doer,witness}.js
#   docker run countersign node dist/scripts/migrate.js
# Configuration comes from COUNTERSIGN_* variables, secrets from COUNTERSIGN_*_FILE mounts (src/config.ts names them all).
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc prisma.config.ts ./
COPY prisma prisma
RUN npm ci --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY scripts scripts
RUN npm run build && npm prune --omit=dev --omit=optional --no-fund --ignore-scripts

FROM node:20-bookworm-slim
# The app listens for the load balancer and the doer, not for itself alone.
ENV NODE_ENV=production COUNTERSIGN_HTTP_HOST=0.0.0.0
EXPOSE 3000
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
# Migrations are read where the compiled migrate script looks for them.
COPY prisma dist/prisma
COPY policies policies
USER node
CMD ["node", "dist/src/bin/app.js"]
