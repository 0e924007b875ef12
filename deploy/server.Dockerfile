# The first hop: one folder of bundled JavaScript. Built from the root of the repository:
#   docker build -f deploy/server.Dockerfile -t twohop-server .
# Versions are exact; to pin the bytes too, write the digest that your registry shows behind the tag: node:24.21.0-…@sha256:…
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /src
RUN npm install --global pnpm@12.21.0
COPY pnpm-lock.yaml pnpm-workspace.yaml package.json ./
RUN pnpm fetch
COPY . .
RUN pnpm install --offline --frozen-lockfile --filter "@twohop/server..." --filter "@twohop/console..." \
  && node apps/server/build.ts --outdir /app

FROM node:24.21.0-bookworm-slim
# An empty folder of the user's: a volume that is mounted here is the user's, too.
RUN install -d -o 1000 -g 1000 /data
COPY --from=build /app /app
WORKDIR /app
ENV NODE_ENV=production \
  HOST=0.0.0.0 \
  METRICS_HOST=0.0.0.0 \
  LEDGER_URL=sqlite:/data/ledger.db
USER 1000:1000
VOLUME /data
EXPOSE 8787 9464
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8787}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "main.js"]
