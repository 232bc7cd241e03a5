package io.calve.flink;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.ReadableConfig;

/**
 * What of Flink's configuration this program may set. A service that runs Flink for its users keeps
 * most of it to itself, and ends a program that sets it: Managed Flink does from Flink 1.19 on, and
 * any cluster does with {@code execution.program-config.enabled: false}.
 */
final class ProgramConfiguration {
  static final ProgramConfiguration OURS = new ProgramConfiguration(true, List.of());

  final boolean isOurs;
  private final List<String> exceptions;

  private ProgramConfiguration(boolean isOurs, List<String> exceptions) {
    this.isOurs = isOurs;
    this.exceptions = exceptions;
  }

  /**
   * @param cluster the configuration as the program finds it
   * @param serviceFile there on Managed Flink alone
   */
  static ProgramConfiguration of(ReadableConfig cluster, Path serviceFile) {
    return new ProgramConfiguration(
        cluster.get(DeploymentOptions.PROGRAM_CONFIG_ENABLED) && !Files.exists(serviceFile),
        cluster.get(DeploymentOptions.PROGRAM_CONFIG_WILDCARDS));
  }

  boolean mayContain(String key) {
    return isOurs || exceptions.contains(key);
  }
}
