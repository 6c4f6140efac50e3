# Assay on the Node that it is made for, without what only building and testing need. See docker-compose.yml.
FROM node:24-slim AS pages
WORKDIR /assay
COPY . .
RUN npm ci && npm run build:web

FROM node:24-slim
WORKDIR /assay
COPY . .
# The optional packages are the embedded PostgreSQL; here DATABASE_URL names a real one.
RUN npm ci --omit=dev --omit=optional && npm cache clean --force
COPY --from=pages /assay/dashboards/dist dashboards/dist
USER node
CMD ["node", "--max-semi-space-size=16", "collector/cli/assay.ts", "up"]
