"""Operations: stops, holds, retries, explains, rehearses, rescues and cleans up executions."""
