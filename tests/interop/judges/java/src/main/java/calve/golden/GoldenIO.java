package calve.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.iceberg.Files;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.iceberg.io.SupportsPrefixOperations;

/**
 * Files named {@code file:/golden/...} that lie in a real folder elsewhere, so that no path of the
 * machine that made the golden files is written into them.
 */
final class GoldenIO implements FileIO, SupportsPrefixOperations {
  static final String PREFIX = "file:/golden/";

  private final Path root;

  GoldenIO(Path root) {
    this.root = root;
  }

  Path path(String location) {
    if (!location.startsWith(PREFIX)) {
      throw new IllegalArgumentException("Not a golden location: " + location);
    }
    return root.resolve(location.substring(PREFIX.length()));
  }

  @Override
  public InputFile newInputFile(String location) {
    InputFile file = Files.localInput(path(location).toFile());
    return new InputFile() {
      @Override
      public long getLength() {
        return file.getLength();
      }

      @Override
      public SeekableInputStream newStream() {
        return file.newStream();
      }

      @Override
      public String location() {
        return location;
      }

      @Override
      public boolean exists() {
        return file.exists();
      }
    };
  }

  @Override
  public OutputFile newOutputFile(String location) {
    OutputFile file = Files.localOutput(path(location).toFile());
    return new OutputFile() {
      @Override
      public PositionOutputStream create() {
        return file.create();
      }

      @Override
      public PositionOutputStream createOrOverwrite() {
        return file.createOrOverwrite();
      }

      @Override
      public String location() {
        return location;
      }

      @Override
      public InputFile toInputFile() {
        return newInputFile(location);
      }
    };
  }

  @Override
  public void deleteFile(String location) {
    path(location).toFile().delete();
  }

  @Override
  public Iterable<FileInfo> listPrefix(String prefix) {
    Path folder = path(prefix);
    if (!folder.toFile().isDirectory()) {
      return List.of();
    }
    try (Stream<Path> files = java.nio.file.Files.list(folder)) {
      return files.map(file -> new FileInfo(prefix + file.getFileName(), file.toFile().length(), 0))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void deletePrefix(String prefix) {
    throw new UnsupportedOperationException("Golden files are not deleted by prefix: " + prefix);
  }
}
