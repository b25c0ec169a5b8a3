"""Reports as files: charts, a workbook, a page."""
