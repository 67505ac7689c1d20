using System.Xml.Linq;
using KioskFleet.TestKit;
using Xunit;

namespace KioskFleet.Tidy.Tests;

public sealed class RoomTests
{
    private static readonly IReadOnlyDictionary<string, string[]> SampleTable = new Dictionary<string, string[]>
    {
        ["Ledger"] = ["Storage"],
        ["Ingest"] = Rooms.AnyBut("Broker"),
        ["Storage"] = Rooms.None,
    };

    [Fact]
    public void Every_namespace_is_its_folder() => Findings.AssertNone(
        from file in Tree.Code
        from finding in RoomRules.NamespaceIsFolder(file, RootNamespaceOf(file.Project))
        select finding);

    [Fact]
    public void Product_projects_have_one_level_of_folders() =>
        Findings.AssertNone(Tree.ProductCode.SelectMany(RoomRules.OneLevelOfFolders));

    [Fact]
    public void Every_folder_of_the_product_is_a_decision() =>
        Findings.AssertNone(RoomRules.FoldersAreKnown(Tree.ProductCode));

    [Fact]
    public void Folders_use_only_what_they_may() => Findings.AssertNone(
        from project in Tree.ProductProjects
        let files = Tree.ProductCode.Where(file => file.Project == project).ToList()
        from finding in RoomRules.FolderDirection(files, RootNamespaceOf(project), Rooms.Folders[project])
        select finding);

    [Fact]
    public void Packages_are_used_only_in_their_rooms() =>
        Findings.AssertNone(Tree.ProductCode.SelectMany(RoomRules.PackagesInTheirRooms));

    [Fact]
    public void The_protocol_knows_nothing_of_the_world_outside() => Findings.AssertNone(
        Tree.ProductCode.Where(file => file.Project == "protocol").SelectMany(RoomRules.NothingFromOutside));

    [Fact]
    public void Projects_reference_only_what_they_may() => Findings.AssertNone(
        from project in Tree.ProductProjects
        from finding in RoomRules.ProjectDirection(project, File.ReadAllText(ProjectFileOf(project)))
        select finding);

    [Fact]
    public void A_namespace_that_is_not_the_folder_is_found() => Findings.AssertThat(
        RoomRules.NamespaceIsFolder(Sample("Ledger", "namespace KioskFleet.Books;\nclass A;"), "KioskFleet.Service"),
        "expected KioskFleet.Service.Ledger");

    [Fact]
    public void A_type_in_no_namespace_is_found_but_for_the_program()
    {
        Findings.AssertThat(RoomRules.NamespaceIsFolder(Sample("Ledger", "class A;"), "X"), "A is in no namespace");
        Findings.AssertNone(
            RoomRules.NamespaceIsFolder(new SourceFile("fleet-service/Program.cs", "partial class Program;"), "X"));
    }

    [Fact]
    public void A_folder_in_a_folder_is_found() =>
        Findings.AssertThat(RoomRules.OneLevelOfFolders(Sample("Ledger/Rows", "")), "one level deep");

    [Fact]
    public void A_folder_nobody_decided_on_is_found() =>
        Findings.AssertThat(
            RoomRules.FoldersAreKnown([Sample("Blockchain", ""), Sample("Blockchain", ""), Sample("Ledger", "")]),
            "fleet-service/Blockchain has no line");

    [Theory]
    [InlineData("using KioskFleet.Service.Broker;", "Ledger may not use Broker")]
    [InlineData("using Link = KioskFleet.Service.Broker.BrokerLink;", "Ledger may not use Broker")]
    [InlineData("using static KioskFleet.Service.Broker.BrokerLink;", "Ledger may not use Broker")]
    [InlineData("class A { KioskFleet.Service.Broker.BrokerLink? B; }", "Ledger may not use Broker")]
    [InlineData("class A { Broker.BrokerLink? B; }", "Ledger may not use Broker")]
    [InlineData("class A { void M() => Broker.BrokerLink.Open(); }", "Ledger may not use Broker")]
    public void A_use_against_the_direction_is_found_however_it_is_written(string text, string finding) =>
        Findings.AssertThat(DirectionOf("Ledger", text), finding);

    [Theory]
    [InlineData("Ledger", "using KioskFleet.Service.Storage;\nusing KioskFleet.Protocol.Entries;")]
    [InlineData("Ledger", "class A { object Broker => 1; string M() => Broker.ToString(); }")]
    [InlineData("Ingest", "using KioskFleet.Service.Storage;")]
    public void A_use_along_the_direction_passes(string folder, string text) =>
        Findings.AssertNone(DirectionOf(folder, text));

    [Fact]
    public void A_folder_excepted_from_any_is_found() =>
        Findings.AssertThat(DirectionOf("Ingest", "using KioskFleet.Service.Broker;"), "Ingest may not use Broker");

    [Theory]
    [InlineData("fleet-service/Ledger/A.cs", "using MQTTnet;")]
    [InlineData("fleet-service/Ingest/A.cs", "using MQTTnet.Server;")]
    [InlineData("kiosk-agent/Vending/A.cs", "class A { Polly.ResiliencePipeline? B; }")]
    [InlineData("fleet-service/Fleet/FleetStore.cs", "using Microsoft.Data.Sqlite;")]
    [InlineData("fleet-service/Compliance/A.cs", "var a = new Microsoft.Data.Sqlite.SqliteConnection();")]
    [InlineData("protocol/Topics/A.cs", "using MQTTnet.Protocol;")]
    [InlineData("fleet-service/GlobalUsings.cs", "global using MQTTnet;")]
    public void A_package_outside_its_rooms_is_found(string path, string text) =>
        Findings.AssertThat(RoomRules.PackagesInTheirRooms(new SourceFile(path, text)), "outside its rooms");

    [Theory]
    [InlineData("fleet-service/Broker/A.cs", "using MQTTnet.Server;")]
    [InlineData("fleet-service/Storage/SqliteEngine.cs", "using Microsoft.Data.Sqlite;")]
    [InlineData("kiosk-agent/Uplink/A.cs", "using Polly.Retry; using MQTTnetting;")]
    public void A_package_in_its_room_passes(string path, string text) =>
        Findings.AssertNone(RoomRules.PackagesInTheirRooms(new SourceFile(path, text)));

    [Theory]
    [InlineData("using System.IO;")]
    [InlineData("using System.Net.Sockets;")]
    [InlineData("using Microsoft.Extensions.Logging;")]
    [InlineData("var a = File.ReadAllBytes(\"x\");")]
    [InlineData("class A(TimeProvider time);")]
    [InlineData("HttpClient? a = null;")]
    public void Input_output_and_clocks_in_the_protocol_are_found(string text) => Findings.AssertThat(
        RoomRules.NothingFromOutside(new SourceFile("protocol/Chain/A.cs", text)), "outside the pure protocol");

    [Fact]
    public void Pure_code_in_the_protocol_passes() => Findings.AssertNone(RoomRules.NothingFromOutside(
        new SourceFile("protocol/Chain/A.cs", "using System.Buffers.Binary; var a = entry.File + entry.Random;")));

    [Theory]
    [InlineData("kiosk-agent", "<P><ProjectReference Include=\"../fleet-service/S.csproj\" /></P>", "fleet-service")]
    [InlineData("fleet-service", "<P><ProjectReference Include=\"..\\tests\\kit\\K.csproj\" /></P>", "tests")]
    [InlineData("protocol", "<P><PackageReference Include=\"MQTTnet\" /></P>", "MQTTnet")]
    public void A_reference_against_the_direction_is_found(string project, string text, string finding) =>
        Findings.AssertThat(RoomRules.ProjectDirection(project, text), finding);

    [Fact]
    public void A_reference_along_the_direction_passes() => Findings.AssertNone(RoomRules.ProjectDirection(
        "kiosk-agent",
        "<P><ProjectReference Include=\"../protocol/P.csproj\" /><PackageReference Include=\"Polly\" /></P>"));

    private static IEnumerable<string> DirectionOf(string folder, string text) => RoomRules.FolderDirection(
        [Sample(folder, text), Sample("Broker", "class BrokerLink;"), Sample("Storage", "class Database;")],
        "KioskFleet.Service",
        SampleTable);

    private static SourceFile Sample(string folder, string text) => new($"fleet-service/{folder}/A.cs", text);

    private static string ProjectFileOf(string project) =>
        Directory.GetFiles(SourceTree.At(project), "*.csproj").Single();

    private static string RootNamespaceOf(string project) =>
        XDocument.Load(ProjectFileOf(project)).Descendants("RootNamespace").Single().Value;
}
