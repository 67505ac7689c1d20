using KioskFleet.Simulators.Terminal;
using Xunit;

namespace KioskFleet.Simulators.Tests.Terminal;

public sealed class JsonResultFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kf-json-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_result_is_written_whole_in_camel_case_over_an_older_one()
    {
        var path = Path.Combine(_folder, "out.json");
        File.WriteAllText(path, new string('x', 10_000));
        JsonResultFile.Write(path, new { RowsRead = 3, Name = "定远县", Breaches = new[] { "KF000001" } });
        Assert.Equal(
            "{\n  \"rowsRead\": 3,\n  \"name\": \"定远县\",\n  \"breaches\": [\n    \"KF000001\"\n  ]\n}\n",
            File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_result_that_cannot_be_written_leaves_the_older_one_and_no_part()
    {
        var path = Path.Combine(_folder, "out.json");
        File.WriteAllText(path, "old");
        Assert.Throws<InvalidOperationException>(() => JsonResultFile.Write(path, new Broken()));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    private sealed class Broken
    {
        public int First { get; } = 1;

        public int Second => First > 0 ? throw new InvalidOperationException("no value") : 2;
    }
}
