using System.Globalization;
using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.ProductSales;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Ledger;
using KioskFleet.Service.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace KioskFleet.Service.Tests.ProductSales;

/// <summary>
/// A real ledger with a catalogue in its tables and the projector stepped by hand. Tea is a product of the city from
/// the start, "box" is tea for op-b only, cola is ordinary, and of the city nothing else.
/// </summary>
internal sealed class ProductSalesRig : IDisposable
{
    private long _version;

    public ProductSalesRig(string dataSet)
    {
        Books = new BooksRig(dataSet);
        new LedgerGenerationStore(Books.Database, Books.Time).EnsureAsync(BooksRig.Stop).Wait(BooksRig.Stop);
        Catalogue($"""
            INSERT INTO products (product_id, name, version)
            VALUES ('tea', 'Tea', 1), ('cola', 'Cola', 1), ('rice', 'Rice', 1);
            INSERT INTO listings (product_id, recognised_by, from_utc_ms, to_utc_ms, version)
            VALUES ('tea', '{Books.County}', 1, NULL, 1);
            INSERT INTO sku_mappings (operator_id, sku, from_utc_ms, to_utc_ms, product_id, version)
            VALUES ('', 'tea', 0, NULL, 'tea', 1), ('', 'cola', 0, NULL, 'cola', 1), ('op-b', 'box', 0, NULL, 'tea', 1);
            """);
        Projector = NewProjector();
    }

    public BooksRig Books { get; }

    public ProductSalesProjector Projector { get; private set; }

    public ProductSalesPageStore Pages => new(Books.Database);

    /// <summary>Changes the catalogue's tables as a new version.</summary>
    public void Catalogue(string sql)
    {
        _version++;
        Books.Files.Run($"""
            INSERT INTO catalogue_versions (version, made_utc_ms, made_by, source) VALUES ({_version}, 1, 'a', 'b');
            {sql}
            """);
    }

    /// <summary>As after a restart of the service.</summary>
    public void Restart()
    {
        Projector.Dispose();
        Projector = NewProjector();
    }

    public Task<bool> Step() => Projector.StepAsync(BooksRig.Stop);

    /// <summary>Steps until there is nothing to do.</summary>
    public async Task Drain()
    {
        for (var steps = 0; await Step(); steps++)
        {
            Xunit.Assert.True(steps < 1_000, "The projector never ends.");
        }
    }

    /// <summary>"operator|day|class: paid/lines/refunded" of the served figures.</summary>
    public IReadOnlyList<string> Projected() => Books.Rows("""
        SELECT county_code, operator_id, business_day, class, sum(paid_fen), sum(lines), sum(refunded_fen)
        FROM product_sales
        WHERE edition = (SELECT edition FROM product_sales_editions WHERE is_served = 1)
        GROUP BY 1, 2, 3, 4 HAVING sum(paid_fen) <> 0 OR sum(lines) <> 0 OR sum(refunded_fen) <> 0 ORDER BY 1, 2, 3, 4
        """);

    /// <summary>The same of the ledger's totals.</summary>
    public IReadOnlyList<string> LedgerTotals() => Books.Rows("""
        SELECT county_code, operator_id, business_day, class, sum(sales_fen), sum(sales_lines), sum(refunds_of_day_fen)
        FROM totals JOIN assignments USING (assignment_id, cabinet_id) GROUP BY 1, 2, 3, 4
        HAVING sum(sales_fen) <> 0 OR sum(sales_lines) <> 0 OR sum(refunds_of_day_fen) <> 0 ORDER BY 1, 2, 3, 4
        """);

    /// <summary>"day|operator|product|class|of city|lines|pieces|paid|refunded" of the served figures.</summary>
    public IReadOnlyList<string> Rows() => Books.Rows("""
        SELECT business_day, operator_id, product_id, class, is_of_city, lines, pieces, paid_fen, refunded_fen
        FROM product_sales
        WHERE edition = (SELECT edition FROM product_sales_editions WHERE is_served = 1)
          AND (lines <> 0 OR paid_fen <> 0 OR refunded_fen <> 0)
        ORDER BY 1, 2, 3, 4, 5
        """);

    /// <summary>"product|cabinet|last sold" of what the public is told.</summary>
    public IReadOnlyList<string> Places() =>
        Books.Rows("SELECT product_id, place_id, last_sold_utc_ms FROM product_places ORDER BY 1, 2");

    /// <summary>
    /// Rows and places, read plainly again: every entry, its newest correction, every refund, and a search through the
    /// catalogue's rows for each line.
    /// </summary>
    public (IReadOnlyList<string> Rows, IReadOnlyList<string> Places) ReadPlainly()
    {
        var places = new SortedDictionary<string, long>(StringComparer.Ordinal);
        using var connection = Books.Database.OpenReader();
        var state = CatalogueStore.Read(connection, Books.Places);
        var sums = new SortedDictionary<string, long[]>(StringComparer.Ordinal);
        using var command = connection.Command("""
            SELECT e.position, e.bytes, e.state, e.utc_ms, e.business_day, a.operator_id, e.line_class, e.line_classes,
              (SELECT c.line_classes FROM corrections c WHERE c.position = e.position
               ORDER BY c.correction_id DESC LIMIT 1), a.cabinet_id
            FROM entries e JOIN assignments a USING (assignment_id)
            WHERE e.kind = 1 AND (e.state = 0 OR (e.state = 1 AND EXISTS (
              SELECT 1 FROM corrections c WHERE c.position = e.position AND c.position NOT IN (
                SELECT position FROM doubles))))
            """);
        using var entry = command.ExecuteReader();
        while (entry.Read())
        {
            EntryCodec.TryDecode((byte[])entry.GetValue(1), out _, out var body, out _);
            var sale = (SaleBody)body!;
            for (var i = 0; i < sale.Lines.Count; i++)
            {
                var lineClass = !entry.IsDBNull(8) ? ((byte[])entry.GetValue(8))[i]
                    : !entry.IsDBNull(7) ? ((byte[])entry.GetValue(7))[i] : (byte)entry.GetInt64(6);
                var (product, ofCity) = Search(state, entry.GetString(5), sale.Lines[i].Sku, entry.GetInt64(3));
                var key = $"{entry.GetInt64(4)}|{entry.GetString(5)}|{product}|{lineClass}|{(ofCity ? 1 : 0)}";
                sums.TryAdd(key, [0, 0, 0, 0]);
                sums[key][0]++;
                sums[key][1] += sale.Lines[i].Quantity;
                sums[key][2] += sale.Lines[i].PaidFen;
                sums[key][3] += Refunded(entry.GetInt64(0), i);
                if (product.Length > 0)
                {
                    var place = $"{product}|{entry.GetString(9)}";
                    places[place] = Math.Max(places.GetValueOrDefault(place), entry.GetInt64(3));
                }
            }
        }

        return (
            [
                .. sums.OrderBy(s => s.Key.Split('|')[0]).ThenBy(s => s.Key.Split('|')[1], StringComparer.Ordinal)
                    .ThenBy(s => s.Key.Split('|')[2], StringComparer.Ordinal).ThenBy(s => s.Key.Split('|')[3])
                    .ThenBy(s => s.Key.Split('|')[4]).Select(s => $"{s.Key}|{string.Join('|', s.Value)}"),
            ],
            [.. places.Select(p => $"{p.Key}|{p.Value}")]);
    }

    /// <summary>Judges a sale's lines otherwise, as the ledger does when the catalogue is corrected.</summary>
    public void Rejudge(long position, byte[] classes)
    {
        using var session = new LedgerSession(Books.Database);
        session.Begin();
        var entry = session.Entries.Read(position);
        EntryCodec.TryDecode(entry.Bytes, out _, out var body, out _);
        var sale = (SaleBody)body!;
        var change = default(ClassAmounts);
        for (var i = 0; i < sale.Lines.Count; i++)
        {
            var before = (ProductClass)(session.Corrections.ClassesOf(position)?[i] ?? entry.ClassOf(i));
            var paid = sale.Lines[i].PaidFen;
            change.Add((ProductClass)classes[i], paid);
            change.Add(before, -paid);
            switch (before)
            {
                case ProductClass.Aid:
                    change.AidLines -= 2;
                    break;
                case ProductClass.Ordinary:
                    change.OrdinaryLines -= 2;
                    break;
                default:
                    change.UnmappedLines -= 2;
                    break;
            }

            MoveRefunds(session, position, i, before, (ProductClass)classes[i]);
        }

        var cabinet = Cabinet(position);
        session.Totals.AddSale(cabinet, entry.AssignmentId, entry.BusinessDay, change);
        session.Corrections.Insert(position, CorrectionCause.Rejudged, change, classes, _version, (1, "test"));
        session.Commit();
    }

    public void Dispose()
    {
        Projector.Dispose();
        Books.Dispose();
    }

    private (string Product, bool OfCity) Search(
        CatalogueState state, string cabinetOperator, string sku, long at)
    {
        foreach (var owner in new[] { cabinetOperator, null })
        {
            if (state.Mappings.FirstOrDefault(m => m.OperatorId == owner && m.Sku == sku && m.InForce.Contains(at))
                is { } mapping)
            {
                return (mapping.ProductId, state.Listings.Any(l => l.ProductId == mapping.ProductId
                    && Books.Places.CountyOf(l.RecognisedBy) is not null && l.InForce.Contains(at)));
            }
        }

        return ("", false);
    }

    private long Refunded(long salePosition, int line) => Books.Scalar(
        $"SELECT coalesce(sum(amount_fen), 0) FROM refunds WHERE sale_position = {salePosition} AND line = {line}");

    private Protocol.Identity.CabinetId Cabinet(long position) => Protocol.Identity.CabinetId.Parse(
        Convert.ToString(Books.Files.Run($"""
            SELECT cabinet_id FROM entries JOIN batches USING (batch_id) JOIN journals USING (journal_no)
            WHERE position = {position}
            """), CultureInfo.InvariantCulture));

    private void MoveRefunds(LedgerSession session, long position, int line, ProductClass from, ProductClass to)
    {
        var cabinet = Cabinet(position);
        foreach (var row in Books.Rows($"""
            SELECT position, refund_day, sale_day, sale_assignment, amount_fen FROM refunds
            WHERE sale_position = {position} AND line = {line}
            """))
        {
            var of = row.Split('|').Select(v => long.Parse(v, CultureInfo.InvariantCulture)).ToArray();
            session.Totals.AddRefund(cabinet, of[3], (int)of[1], (int)of[2], from, -of[4]);
            session.Totals.AddRefund(cabinet, of[3], (int)of[1], (int)of[2], to, of[4]);
            using var move = session.Connection.Prepare("UPDATE refunds SET class = ?2 WHERE position = ?1");
            move.Set(1, of[0]).Set(2, (long)to).Run();
        }
    }

    private ProductSalesProjector NewProjector() => new(
        Books.Database, new LedgerGenerationStore(Books.Database, Books.Time), Books.Places,
        KioskFleet.Service.Replicas.Leases.OfOneService(Books.Database, Books.Time),
        NullLogger<ProductSalesProjector>.Instance);
}
