import type { FastifyInstance } from 'fastify';
import { ConfigError } from './config.ts';

/** Listens and answers the address that was really taken. A taken port or an unknown host is one clear sentence. */
export async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new ConfigError(
        `Port ${port} on ${host} is in use (perhaps by another Assay); stop that, or choose another with ASSAY_PORT (0 takes any free one).`,
      );
    }
    if (code === 'EACCES')
      throw new ConfigError(
        `Port ${port} may not be used by this account; choose one above 1023 with ASSAY_PORT.`,
      );
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new ConfigError(`ASSAY_HOST ${host} is no address of this machine.`);
    throw error;
  }
}
