export { type MlCall, type MlClient, type MlClientOptions, mlClient, type MlReply } from './client.ts';
export type { MlFailure } from './failure.ts';
export type {
  EmbeddingsData,
  EmbeddingsResponse,
  ErrorCode,
  HighlightsData,
  HighlightsResponse,
  SearchData,
  SearchResponse,
} from './generated/types.gen.ts';
